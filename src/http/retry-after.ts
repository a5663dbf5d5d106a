/**
 * The pause that a `Retry-After` header asks for, in milliseconds, never negative; `undefined` where there is
 * none or it is neither whole seconds nor an HTTP date (RFC 9110, section 10.2.3).
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1_000;
  if (!/^[A-Z][a-z]{2,8},? /.test(header)) return undefined;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
