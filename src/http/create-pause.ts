import { sleep, type Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';
import { classifyStatus, type StatusClass } from './classify-status.ts';
import { parseRetryAfter } from './retry-after.ts';
import type { HttpResponse, Policy } from './send.ts';

export interface PauseOptions {
  readonly clock: Clock;
  readonly report: Report;
}

/** A pause that one call is told to make, and all keep. */
export interface Pause {
  /** Learns from each response that fails with a `Retry-After` how long the upstream is to be left alone. */
  readonly learn: Policy;
  /**
   * Sends nothing in the pause: a call whose deadline lies behind its end waits for that, any other is refused at once,
   * with `UPSTREAM_RATE_LIMITED` after a 429, else `UPSTREAM_UNAVAILABLE`, and the time that is left.
   */
  readonly keep: Policy;
}

/** The pause of one upstream (RFC 9110, section 10.2.3: what it asks for is not meant for one page alone). */
export function createPause({ clock, report }: PauseOptions): Pause {
  let untilMs = -Infinity;
  let reason: StatusClass = 'failure';

  const leftMs = () => untilMs - clock.monotonicMs();

  function learnFrom({ status, headers }: HttpResponse): void {
    const statusClass = classifyStatus(status);
    if (statusClass !== 'throttled' && statusClass !== 'failure') return;
    const pauseMs = parseRetryAfter(headers, clock.now()) ?? 0;
    // What was under way when the pause began may end it later, never earlier.
    if (pauseMs <= Math.max(0, leftMs())) return;
    if (leftMs() <= 0) report({ type: 'upstream.paused', status, retryInMs: pauseMs });
    untilMs = clock.monotonicMs() + pauseMs;
    reason = statusClass;
  }

  return {
    learn: (next) => async (request) => {
      const response = await next(request);
      learnFrom(response);
      return response;
    },
    keep: (next) => async (request) => {
      const { deadlineAtMs = Infinity, signal } = request;
      // Again after the wait: the pause may have been made longer.
      while (leftMs() > 0) {
        if (untilMs >= deadlineAtMs) throw refusal(reason, leftMs());
        await sleep(clock, leftMs(), signal);
      }
      return next(request);
    },
  };
}

function refusal(reason: StatusClass, leftMs: number): GatewayError {
  return new GatewayError(
    reason === 'throttled' ? 'UPSTREAM_RATE_LIMITED' : 'UPSTREAM_UNAVAILABLE',
    'GoSpeech asked for a pause, so it is not asked for a moment.',
    { retryAfterMs: Math.ceil(leftMs), mayRetryAtOnce: false },
  );
}
