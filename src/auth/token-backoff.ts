import { GatewayError } from '../errors.ts';

/** No two token requests start closer together than this, whatever the upstream answers. */
export const MIN_INTERVAL_MS = 1_000;

/** What a failed token request says of the credentials: no, perhaps no, or nothing. */
export type FailureKind = 'refused' | 'unclear' | 'failed';

const REFUSED_FIRST_MS = 60_000;
const REFUSED_MAX_MS = 900_000;

/** Where a refusal is possible, the pauses grow as long as after one, only slower: no account is locked by it. */
const MAX_MS: Readonly<Record<FailureKind, number>> = {
  refused: REFUSED_MAX_MS,
  unclear: REFUSED_MAX_MS,
  failed: 30_000,
};

/** The pause after the `count`th refusal in a row, in milliseconds: 60 s, doubling to 15 min. */
export function refusedPauseMs(count: number): number {
  return Math.min(REFUSED_FIRST_MS * 2 ** (count - 1), REFUSED_MAX_MS);
}

/**
 * The pause before the next token request, in milliseconds, after `count` failures of this kind. Refused
 * credentials: `refusedPauseMs`, so that the account is not locked out. Anything else: a second, and full jitter
 * on top of it, below 1 s, doubling; and never less than the upstream's own `Retry-After`, up to 15 min.
 */
export function tokenBackoffMs(
  kind: FailureKind,
  error: unknown,
  count: number,
  random: () => number,
): number {
  if (kind === 'refused') return refusedPauseMs(count);
  const mostMs = Math.min(MIN_INTERVAL_MS * 2 ** (count - 1), MAX_MS[kind] - MIN_INTERVAL_MS);
  const askedMs = error instanceof GatewayError ? (error.retryAfterMs ?? 0) : 0;
  return Math.ceil(Math.max(MIN_INTERVAL_MS + random() * mostMs, Math.min(askedMs, REFUSED_MAX_MS)));
}
