/** Somebody who waits for a turn. */
export interface Waiting {
  /** Its turn has come. */
  start(): void;
  /** It will not come to that. */
  refuse(): void;
}

/** Turns at something of which only so much may go on at once. */
export interface Turns {
  /** Takes a turn, where nobody has to wait for one. */
  takeFree(): boolean;
  /** Waits for a turn; the function that is given leaves the queue. */
  enter(waiting: Waiting): () => void;
  /** Whoever had a turn is done. */
  release(): void;
}

export interface TurnsOptions {
  /** The most that go on at once. */
  readonly maxRunning: number;
  /** The most that wait for their turn, at least 1. */
  readonly maxWaiting: number;
  /** Is told how many wait, each time that it is one more. */
  readonly onQueued: (waiting: number) => void;
}

/**
 * An adaptive LIFO queue. A short one is first come, first served. In a longer one the newest goes first: the oldest may
 * be at their deadline by now, and would only be served in vain. Where it is full, the oldest is refused.
 */
export function createTurns({ maxRunning, maxWaiting, onQueued }: TurnsOptions): Turns {
  let running = 0;
  /** The oldest first. */
  const queue = new Set<Waiting>();

  const oldest = () => queue.values().next().value;
  const newest = () => [...queue].at(-1);

  return {
    takeFree() {
      if (running >= maxRunning) return false;
      running += 1;
      return true;
    },

    enter(waiting) {
      const longest = queue.size >= maxWaiting ? oldest() : undefined;
      if (longest !== undefined) {
        queue.delete(longest);
        longest.refuse();
      }
      queue.add(waiting);
      onQueued(queue.size);
      return () => void queue.delete(waiting);
    },

    release() {
      const next = queue.size > maxRunning ? newest() : oldest();
      if (next === undefined) {
        running -= 1;
        return;
      }
      // Its place among the running passes on.
      queue.delete(next);
      next.start();
    },
  };
}
