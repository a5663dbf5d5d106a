import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';
import type { Policy } from './send.ts';

export interface QueueOptions {
  /** The most requests under way at once: no more than there are connections. */
  readonly maxRunning: number;
  /** The most requests that wait for their turn. */
  readonly maxWaiting: number;
  readonly report: Report;
}

const RETRY_AFTER_MS = 1_000;

/**
 * Bounds what goes to the upstream at once; what is beyond waits, first come, first served. Throws
 * `OVERLOADED` where the queue is full too. A caller that leaves gives up its place.
 */
export function withQueue({ maxRunning, maxWaiting, report }: QueueOptions): Policy {
  let running = 0;
  const waiting = new Set<() => void>();

  /** Resolves when it is the caller's turn. */
  function turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const take = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        waiting.delete(take);
        reject(signal?.reason);
      };
      waiting.add(take);
      signal?.addEventListener('abort', leave, { once: true });
      report({ type: 'upstream.queued', waiting: waiting.size });
    });
  }

  function release(): void {
    const [first] = waiting;
    if (first === undefined) {
      running -= 1;
      return;
    }
    // Its place among the running passes to the first in the queue.
    waiting.delete(first);
    first();
  }

  return (next) => async (request) => {
    request.signal?.throwIfAborted();
    if (running < maxRunning) running += 1;
    else if (waiting.size < maxWaiting) await turn(request.signal);
    else {
      throw new GatewayError('OVERLOADED', 'Too many requests to GoSpeech are waiting for their turn.', {
        retryAfterMs: RETRY_AFTER_MS,
        repeatable: false,
      });
    }
    try {
      return await next(request);
    } finally {
      release();
    }
  };
}
