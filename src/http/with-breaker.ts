import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';
import { createRollingCount } from './rolling-count.ts';
import { unwrap, type Outcome, type Policy } from './send.ts';

export interface BreakerOptions {
  readonly clock: Clock;
  readonly report: Report;
}

const WINDOW_MS = 10_000;
const MIN_CALLS = 20;
const FAILED_SHARE = 0.5;
const OPEN_MS = 5_000;
/** Told to callers while a probe is under way, whose end nobody knows. */
const PROBE_HINT_MS = 1_000;

type State =
  | { readonly name: 'closed' }
  | { readonly name: 'open'; readonly untilMs: number }
  /** One probe is under way. */
  | { readonly name: 'half-open'; readonly sinceMs: number };

/**
 * Stops asking an upstream that fails: when half of at least 20 calls within 10 s failed (network, deadline,
 * 5xx), every call is refused for 5 s with `UPSTREAM_UNAVAILABLE`; then one probe decides whether that goes
 * on. A call whose caller left says nothing about the upstream.
 */
export function withBreaker({ clock, report }: BreakerOptions): Policy {
  const calls = createRollingCount<'answered' | 'failed'>(clock, WINDOW_MS);
  let state: State = { name: 'closed' };

  function open(sinceMs = clock.monotonicMs()): void {
    state = { name: 'open', untilMs: sinceMs + OPEN_MS };
    report({ type: 'breaker.opened', openMs: Math.max(0, state.untilMs - clock.monotonicMs()) });
  }

  /** Lets the call through, or throws. A call let through while the breaker is not closed is the probe. */
  function admit(): void {
    if (state.name === 'closed') return;
    const leftMs = state.name === 'open' ? state.untilMs - clock.monotonicMs() : PROBE_HINT_MS;
    if (leftMs > 0) {
      throw new GatewayError(
        'UPSTREAM_UNAVAILABLE',
        'GoSpeech keeps failing, so it is not asked for a moment.',
        { retryAfterMs: Math.ceil(leftMs), repeatable: false },
      );
    }
    state = { name: 'half-open', sinceMs: clock.monotonicMs() };
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
    // What was sent before the breaker opened is not asked again.
    if (state.name !== 'closed' || verdict === 'unknown') return;
    calls.add(verdict);
    const failed = calls.of('failed');
    const all = failed + calls.of('answered');
    if (all >= MIN_CALLS && failed >= all * FAILED_SHARE) open();
  }

  return (next) => async (request) => {
    admit();
    const probe = state.name === 'half-open' ? state : undefined;
    const [outcome] = await Promise.allSettled([next(request)]);
    const verdict = verdictOn(outcome);
    if (probe !== undefined) settleProbe(verdict, probe.sinceMs);
    else count(verdict);
    return unwrap(outcome);
  };
}

type Verdict = 'answered' | 'failed' | 'unknown';

function verdictOn(outcome: Outcome): Verdict {
  if (outcome.status === 'fulfilled') return outcome.value.status >= 500 ? 'failed' : 'answered';
  const reason: unknown = outcome.reason;
  const code = reason instanceof GatewayError ? reason.code : undefined;
  if (code === 'UPSTREAM_UNAVAILABLE' || code === 'UPSTREAM_TIMEOUT') return 'failed';
  return code === 'UPSTREAM_BAD_RESPONSE' ? 'answered' : 'unknown';
}
