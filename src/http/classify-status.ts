/**
 * What a status says (RFC 9110, section 15), for all who decide by it: retry, breaker, pause and errors.
 * - `success`: 2xx.
 * - `redirect`: 3xx, which is not followed.
 * - `refusal`: this request was understood and is not answered, now or later.
 * - `throttled`: 429, too many requests (RFC 6585, section 4).
 * - `failure`: of the moment. The same request may succeed later, or on another connection.
 */
export type StatusClass = 'success' | 'redirect' | 'refusal' | 'throttled' | 'failure';

/**
 * The 4xx that speak of the connection or the moment, not of the request: 408 Request Timeout and 421 Misdirected
 * Request (RFC 9110, sections 15.5.9 and 15.5.20), 425 Too Early (RFC 8470, section 5.2), and what proxies say of a
 * connection that was given up before the response: 460 (AWS load balancers), 499 (nginx).
 */
const TRANSIENT_4XX = new Set([408, 421, 425, 460, 499]);

/** Every 5xx is a failure: the server says that it is its own, and proxies add many of theirs (520 to 530, 598). */
export function classifyStatus(status: number): StatusClass {
  if (status >= 500 || TRANSIENT_4XX.has(status)) return 'failure';
  if (status === 429) return 'throttled';
  if (status >= 400) return 'refusal';
  return status >= 300 ? 'redirect' : 'success';
}
