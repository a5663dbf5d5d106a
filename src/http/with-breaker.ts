import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';
import { createRollingCount } from './rolling-count.ts';
import { unwrap, type HttpRequest, type Outcome, type Policy } from './send.ts';
import { verdictOn, type Verdict } from './verdict.ts';

export interface BreakerOptions {
  readonly clock: Clock;
  readonly report: Report;
  /** The deadline of a call that waits for nothing else. */
  readonly timeoutMs: number;
}

const PERIOD_MS = 10_000;
const MIN_CALLS = 20;
const FAILED_SHARE = 0.5;
const OPEN_MS = 5_000;
/** A call that was left less of its time than this may run into its deadline with a healthy upstream. */
const FAIR_SHARE = 0.25;
/** Told to callers while a probe is under way, whose end nobody knows. */
const PROBE_HINT_MS = 1_000;

/** A call belongs to the very state it was let through in: once that is over, its end changes nothing any more. */
type State =
  | { readonly name: 'closed' }
  | { readonly name: 'open'; readonly untilMs: number }
  /** One probe is under way, at the latest until its deadline. */
  | { readonly name: 'half-open'; readonly sinceMs: number; readonly untilMs: number };

/**
 * Stops asking an upstream that fails: when half of at least 20 calls within 10 s failed (network, deadline,
 * 5xx and the like), every call is refused for 5 s with `UPSTREAM_UNAVAILABLE`; then one probe decides whether that
 * goes on. A call whose caller left says nothing about the upstream, nor does one sent before the breaker opened, nor
 * the deadline of one that had waited elsewhere for most of its time.
 */
export function withBreaker({ clock, report, timeoutMs }: BreakerOptions): Policy {
  const calls = createRollingCount<'responded' | 'failed'>(clock, PERIOD_MS);
  let state: State = { name: 'closed' };

  function open(sinceMs = clock.monotonicMs()): void {
    state = { name: 'open', untilMs: sinceMs + OPEN_MS };
    report({ type: 'breaker.opened', openMs: Math.max(0, state.untilMs - clock.monotonicMs()) });
  }

  /** Lets the call through, or throws. A call let through while the breaker is not closed is the probe. */
  function admit({ deadlineAtMs = Infinity }: HttpRequest): State {
    if (state.name === 'closed') return state;
    const nowMs = clock.monotonicMs();
    if (nowMs < state.untilMs) {
      const leftMs = state.name === 'open' ? state.untilMs - nowMs : PROBE_HINT_MS;
      throw new GatewayError(
        'UPSTREAM_UNAVAILABLE',
        'GoSpeech keeps failing, so it is not asked for a moment.',
        { retryAfterMs: Math.ceil(leftMs), mayRetryAtOnce: false },
      );
    }
    state = { name: 'half-open', sinceMs: nowMs, untilMs: deadlineAtMs };
    return state;
  }

  function settleProbe(verdict: Verdict, sentAtMs: number): void {
    // Counted from when it was sent: an upstream that hangs fails a probe only at its deadline.
    if (verdict === 'failed') return open(sentAtMs);
    if (verdict === 'unknown') {
      // The next call probes again.
      state = { name: 'open', untilMs: clock.monotonicMs() };
      return;
    }
    state = { name: 'closed' };
    calls.clear();
    report({ type: 'breaker.closed' });
  }

  function count(verdict: Verdict): void {
    if (verdict === 'unknown') return;
    calls.add(verdict === 'failed' ? 'failed' : 'responded');
    const failed = calls.of('failed');
    const all = failed + calls.of('responded');
    if (all >= MIN_CALLS && failed >= all * FAILED_SHARE) open();
  }

  return (next) => async (request) => {
    const admitted = admit(request);
    const leftMs = (request.deadlineAtMs ?? Infinity) - clock.monotonicMs();
    const [outcome] = await Promise.allSettled([next(request)]);
    if (admitted === state) {
      const isUnfair = leftMs < timeoutMs * FAIR_SHARE && isTimeout(outcome);
      const verdict = isUnfair ? 'unknown' : verdictOn(outcome);
      if (admitted.name === 'half-open') settleProbe(verdict, admitted.sinceMs);
      else count(verdict);
    }
    return unwrap(outcome);
  };
}

function isTimeout(outcome: Outcome): boolean {
  if (outcome.status === 'fulfilled') return false;
  const reason: unknown = outcome.reason;
  return reason instanceof GatewayError && reason.code === 'UPSTREAM_TIMEOUT';
}
