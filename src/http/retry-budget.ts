import type { Clock } from '../clock.ts';
import { createRollingCount } from './rolling-count.ts';

/** Keeps retries a small part of the traffic, so that they never multiply an outage. */
export interface RetryBudget {
  /** Counts a request that needs no retry. */
  countAnswered(): void;
  /** Whether one more retry fits, and if so counts it. */
  spend(): boolean;
}

const WINDOW_MS = 1_000;
const SHARE = 0.2;
/** So that a little traffic may be retried as well. */
const MIN_PER_WINDOW = 3;

/**
 * Within each second a fifth of the requests that are answered, or three. Where nothing is answered any more, a
 * retry helps nobody, and would only make its caller wait longer for the failure.
 */
export function createRetryBudget(clock: Clock): RetryBudget {
  const count = createRollingCount<'answered' | 'retry'>(clock, WINDOW_MS);
  return {
    countAnswered: () => count.add('answered'),
    spend() {
      const allowed = Math.max(MIN_PER_WINDOW, Math.floor(count.of('answered') * SHARE));
      if (count.of('retry') >= allowed) return false;
      count.add('retry');
      return true;
    },
  };
}
