import { GatewayError } from '../errors.ts';

/** No two token requests start closer together than this, whatever the upstream answers. */
export const MIN_INTERVAL_MS = 1_000;

const FAILED_MAX_MS = 30_000;
const REFUSED_FIRST_MS = 60_000;
const REFUSED_MAX_MS = 900_000;

/**
 * The pause before the next token request, in milliseconds, after `failures` of the same kind in a row.
 * Refused credentials: 60 s, doubling to 15 min, so that the account is not locked out. Anything else: full
 * jitter below 1 s, doubling to 30 s, and never less than the upstream's own `Retry-After`.
 */
export function tokenBackoffMs(error: unknown, failures: number, random: () => number): number {
  const doublings = 2 ** (failures - 1);
  if (isRefusal(error)) return Math.min(REFUSED_FIRST_MS * doublings, REFUSED_MAX_MS);
  const jitteredMs = random() * Math.min(MIN_INTERVAL_MS * doublings, FAILED_MAX_MS);
  const askedMs = error instanceof GatewayError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(MIN_INTERVAL_MS, jitteredMs, Math.min(askedMs, REFUSED_MAX_MS));
}

/** Whether the credentials were refused, as against a token endpoint that does not work. */
export function isRefusal(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'UPSTREAM_AUTH_FAILED';
}
