import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';
import type { Policy } from './send.ts';

export interface BulkheadOptions {
  /** The most requests under way at once: no more than there are connections. */
  readonly maxRunning: number;
  /** The most requests that wait for their turn, at least 1. */
  readonly maxWaiting: number;
  readonly report: Report;
}

const RETRY_AFTER_MS = 1_000;

/**
 * A bulkhead with an adaptive LIFO queue: bounds what goes to the upstream at once; what is beyond waits. A short queue
 * is first come, first served. In a longer one the newest goes first: the oldest may be at their deadline by now, and
 * would only be asked for in vain. Where the queue is full, the oldest is refused with `OVERLOADED`. A caller that
 * leaves gives up its place.
 */
export function withBulkhead({ maxRunning, maxWaiting, report }: BulkheadOptions): Policy {
  let running = 0;
  /** The oldest first. */
  const waiting = new Set<Waiting>();

  /** Resolves when it is the caller's turn. */
  function turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => end(() => reject(signal?.reason));
      const end = (settle: () => void) => {
        waiting.delete(place);
        signal?.removeEventListener('abort', leave);
        settle();
      };
      const place = { take: () => end(resolve), refuse: () => end(() => reject(overloaded())) };
      if (waiting.size >= maxWaiting) oldest()?.refuse();
      waiting.add(place);
      signal?.addEventListener('abort', leave, { once: true });
      report({ type: 'upstream.queued', waiting: waiting.size });
    });
  }

  const oldest = () => waiting.values().next().value;
  const newest = () => [...waiting].at(-1);

  function release(): void {
    const next = waiting.size > maxRunning ? newest() : oldest();
    // Its place among the running passes on.
    if (next === undefined) running -= 1;
    else next.take();
  }

  return (next) => async (request) => {
    request.signal?.throwIfAborted();
    if (running < maxRunning) running += 1;
    else await turn(request.signal);
    try {
      // A caller may leave at the moment its turn comes.
      request.signal?.throwIfAborted();
      return await next(request);
    } finally {
      release();
    }
  };
}

interface Waiting {
  /** Ends the wait: it is the caller's turn. */
  take(): void;
  /** Ends the wait: it will not come to that. */
  refuse(): void;
}

function overloaded(): GatewayError {
  return new GatewayError('OVERLOADED', 'Too many requests to GoSpeech are waiting for their turn.', {
    retryAfterMs: RETRY_AFTER_MS,
    mayRetryAtOnce: false,
  });
}
