import { sleep, type Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { parseRetryAfter } from './retry-after.ts';
import type { RetryBudget } from './retry-budget.ts';
import { unwrap, type HttpRequest, type Outcome, type Policy } from './send.ts';
import { verdictOn } from './verdict.ts';

export interface RetryOptions {
  readonly budget: RetryBudget;
  readonly clock: Clock;
  /** 0 … 1, for jitter. */
  readonly random: () => number;
}

const MAX_RETRIES = 2;
const FIRST_BACKOFF_MS = 100;

/**
 * Repeats a GET that the upstream failed (network, 5xx and the like) or had no room for (429): at most twice, after a
 * pause with full jitter below 100 ms and then 200 ms, or the upstream's `Retry-After` if that is longer. It gives
 * up at once where the pause does not end before the deadline, or where the budget is spent.
 */
export function withRetry({ budget, clock, random }: RetryOptions): Policy {
  function pauseAfterMs(outcome: Outcome, attempt: number): number {
    const jitteredMs = random() * FIRST_BACKOFF_MS * 2 ** attempt;
    const headers = outcome.status === 'fulfilled' ? outcome.value.headers : {};
    return Math.max(jitteredMs, parseRetryAfter(headers, clock.now()) ?? 0);
  }

  const endsInTime = (pauseMs: number, { deadlineAtMs = Infinity }: HttpRequest) =>
    clock.monotonicMs() + pauseMs < deadlineAtMs;

  return (next) => async (request) => {
    if (request.method !== 'GET') return next(request);
    for (let attempt = 0; ; attempt += 1) {
      const [outcome] = await Promise.allSettled([next(request)]);
      // What has no status was no response: a deadline, a refusal of the gateway's own, a caller that left.
      if (outcome.status === 'fulfilled' && verdictOn(outcome) === 'responded') budget.countResponse();
      if (!isWorthRepeating(outcome) || attempt === MAX_RETRIES) return unwrap(outcome);
      const pauseMs = pauseAfterMs(outcome, attempt);
      if (!endsInTime(pauseMs, request) || !budget.spend()) return unwrap(outcome);
      await sleep(clock, pauseMs, request.signal);
    }
  };
}

function isWorthRepeating(outcome: Outcome): boolean {
  if (outcome.status === 'fulfilled') return verdictOn(outcome) !== 'responded';
  const reason: unknown = outcome.reason;
  return reason instanceof GatewayError && reason.code === 'UPSTREAM_UNAVAILABLE' && reason.mayRetryAtOnce;
}
