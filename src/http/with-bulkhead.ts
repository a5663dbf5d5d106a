import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';
import type { Policy } from './send.ts';
import { createTurns } from './turns.ts';

export interface BulkheadOptions {
  /** The most requests under way at once: no more than there are connections. */
  readonly maxRunning: number;
  /** The most requests that wait for their turn, at least 1. */
  readonly maxWaiting: number;
  readonly report: Report;
}

const RETRY_AFTER_MS = 1_000;

/**
 * A bulkhead: bounds what goes to the upstream at once. What is beyond waits for its turn (`createTurns`); who is refused
 * gets `OVERLOADED`. A caller that leaves gives up its place.
 */
export function withBulkhead({ maxRunning, maxWaiting, report }: BulkheadOptions): Policy {
  const turns = createTurns({
    maxRunning,
    maxWaiting,
    onQueued: (waiting) => report({ type: 'upstream.queued', waiting }),
  });

  /** Resolves when it is the caller's turn. */
  function turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      const leave = turns.enter({
        start: () => end(resolve),
        refuse: () => end(() => reject(overloaded())),
      });
      const onAbort = () => {
        leave();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  return (next) => async (request) => {
    request.signal?.throwIfAborted();
    if (!turns.takeFree()) await turn(request.signal);
    try {
      // A caller may leave at the moment its turn comes.
      request.signal?.throwIfAborted();
      return await next(request);
    } finally {
      turns.release();
    }
  };
}

/** What whoever is refused is told. */
export function overloaded(): GatewayError {
  return new GatewayError('OVERLOADED', 'Too many requests to GoSpeech are waiting for their turn.', {
    retryAfterMs: RETRY_AFTER_MS,
    mayRetryAtOnce: false,
  });
}
