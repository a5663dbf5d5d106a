import type { HttpResponse } from './send.ts';

/** The longest pause that is kept: a mistyped number or year must not silence the gateway for longer. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * The pause that `Retry-After` asks for, in milliseconds, from 0 to `MAX_RETRY_AFTER_MS`; `undefined` where there is
 * none or it is neither whole seconds nor an HTTP date (RFC 9110, section 10.2.3). A date is read against the answer's
 * own `Date`, by the clock that wrote it; `nowMs`, the wall clock, stands in where there is none.
 */
export function parseRetryAfter(headers: HttpResponse['headers'], nowMs: number): number | undefined {
  const header = headers['retry-after'] ?? '';
  const pauseMs = /^\d+$/.test(header)
    ? Number(header) * 1_000
    : httpDateMs(header) - (httpDateMs(headers['date'] ?? '') || nowMs);
  return Number.isNaN(pauseMs) ? undefined : Math.min(Math.max(0, pauseMs), MAX_RETRY_AFTER_MS);
}

/** An HTTP date in any of the three forms of RFC 9110, section 5.6.7, all of them in UTC; else `NaN`. */
function httpDateMs(text: string): number {
  if (!/^[A-Z][a-z]{2,8},? /.test(text)) return Number.NaN;
  return Date.parse(text.endsWith(' GMT') ? text : `${text} GMT`);
}
