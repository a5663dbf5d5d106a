import { httpDateMs } from './http-date.ts';
import type { HttpResponse } from './send.ts';

/** The longest pause that is kept: a mistyped number or year must not silence the gateway for longer. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * The pause that `Retry-After` asks for, in milliseconds, from 0 to `MAX_RETRY_AFTER_MS`; `undefined` where there is
 * none or it is neither seconds nor an HTTP date (RFC 9110, section 10.2.3). A date is read against the response's
 * own `Date`, by the clock that wrote it; `nowMs`, the wall clock, stands in where there is none.
 */
export function parseRetryAfter(headers: HttpResponse['headers'], nowMs: number): number | undefined {
  const header = headers['retry-after']?.trim() ?? '';
  const pauseMs = SECONDS.test(header)
    ? Math.max(...header.split(',').map((seconds) => Math.ceil(Number(seconds)) * 1_000))
    : httpDateMs(header) - (httpDateMs(headers['date'] ?? '') || nowMs);
  return Number.isNaN(pauseMs) ? undefined : Math.min(Math.max(0, pauseMs), MAX_RETRY_AFTER_MS);
}

/** Whole ones by the rules; some servers send fractions, or say it twice. */
const SECONDS = /^\d+(?:\.\d+)?(?:\s*,\s*\d+(?:\.\d+)?)*$/;
