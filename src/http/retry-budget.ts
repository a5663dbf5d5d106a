import type { Clock } from '../clock.ts';
import { createRollingCount } from './rolling-count.ts';

/** Keeps retries a small part of the traffic, so that they never multiply an outage. */
export interface RetryBudget {
  /** Counts a request that needs no retry. */
  countResponse(): void;
  /** Whether one more retry fits, and if so counts it. */
  spend(): boolean;
}

const PERIOD_MS = 1_000;
const SHARE = 0.2;
/** So that a little traffic may be retried as well. */
const MIN_PER_PERIOD = 3;

/**
 * Within each second a fifth of the requests that are answered, or three. Where nothing is answered any more, a
 * retry helps nobody, and would only make its caller wait longer for the failure.
 */
export function createRetryBudget(clock: Clock): RetryBudget {
  const count = createRollingCount<'responded' | 'retry'>(clock, PERIOD_MS);
  return {
    countResponse: () => count.add('responded'),
    spend() {
      const allowed = Math.max(MIN_PER_PERIOD, Math.floor(count.of('responded') * SHARE));
      if (count.of('retry') >= allowed) return false;
      count.add('retry');
      return true;
    },
  };
}
