import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';

/** The issuer's keys. */
export interface IssuerKeys {
  /**
   * Finds the key of a token. Throws jose's `JWKSNoMatchingKey` for a key that the issuer does not publish, and
   * `ISSUER_UNAVAILABLE` where that cannot be told.
   */
  readonly find: JWTVerifyGetKey;
  /** The set of keys that counts now; another one once the issuer has been asked again. `undefined` while there is none. */
  current(): object | undefined;
}

export interface IssuerKeysOptions {
  /** Gets the issuer's key set (RFC 7517, section 5), not yet checked; bounded in time and size. Throws why not. */
  readonly fetchJwks: () => Promise<unknown>;
  readonly clock: Clock;
  readonly report: Report;
}

/** Older keys are fetched again, while they go on being used. */
const MAX_AGE_MS = 600_000;
/** How long keys are used while the issuer cannot be reached. */
const MAX_STALE_MS = 86_400_000;
/** After a response: how long unknown keys do not make the gateway ask again. */
const COOLDOWN_MS = 30_000;
/** After a failure: the pause before the next try, doubled for each further failure. */
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;

interface KnownKeys {
  readonly find: JWTVerifyGetKey;
  readonly fetchedAtMs: number;
}

/**
 * The issuer's keys, fetched when the first token comes. Nobody waits while the key that is asked for is known; a
 * key that is not known makes the gateway ask again, one request for all who wait, and never within a pause. A
 * response replaces all keys, so that one that the issuer withdrew is forgotten.
 */
export function createIssuerKeys({ fetchJwks, clock, report }: IssuerKeysOptions): IssuerKeys {
  let known: KnownKeys | undefined;
  let fetching: Promise<void> | undefined;
  let failure: GatewayError | undefined;
  let failures = 0;
  let nextFetchAtMs = -Infinity;

  async function fetchKeys(): Promise<void> {
    try {
      const keySet = await fetchJwks();
      if (!isKeySet(keySet)) throw new Error('The response is no set of public keys.');
      const find = createLocalJWKSet(keySet);
      const fetchedAtMs = clock.monotonicMs();
      known = { find, fetchedAtMs };
      failure = undefined;
      failures = 0;
      nextFetchAtMs = fetchedAtMs + COOLDOWN_MS;
    } catch (error) {
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures, MAX_PAUSE_MS);
      failures += 1;
      nextFetchAtMs = clock.monotonicMs() + pauseMs;
      failure = unavailable(error);
      report({ type: 'issuer.failed', error: failure, retryInMs: pauseMs });
    } finally {
      fetching = undefined;
    }
  }

  /** One fetch for all; none within a pause. */
  async function refresh(): Promise<void> {
    if (fetching === undefined && clock.monotonicMs() >= nextFetchAtMs) fetching = fetchKeys();
    await fetching;
  }

  /** Those that may be used, which are fetched again behind whoever asks once they are old. */
  function usable(): KnownKeys | undefined {
    const ageMs = known === undefined ? 0 : clock.monotonicMs() - known.fetchedAtMs;
    if (ageMs > MAX_STALE_MS) known = undefined;
    else if (ageMs > MAX_AGE_MS) void refresh();
    return known;
  }

  function whyNot(fallback: unknown): unknown {
    return (
      failure?.with({ retryAfterMs: Math.max(0, Math.ceil(nextFetchAtMs - clock.monotonicMs())) }) ?? fallback
    );
  }

  const find: JWTVerifyGetKey = async (header, token) => {
    if (usable() === undefined) await refresh();
    const keys = usable();
    if (keys === undefined) throw whyNot(new errors.JWKSNoMatchingKey());
    try {
      return await keys.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await refresh();
      const newest = usable();
      // Unknown, and the issuer could not be asked: the key may be one that it has published since.
      if (newest === undefined || newest === keys) throw whyNot(error);
      return newest.find(header, token);
    }
  };

  return { find, current: usable };
}

/** Whether it holds a key that a signature can be checked with; what else is in each is jose's to check. */
function isKeySet(value: unknown): value is JSONWebKeySet {
  if (typeof value !== 'object' || value === null || !('keys' in value) || !Array.isArray(value.keys))
    return false;
  const kinds = value.keys.map((key: unknown) =>
    key instanceof Object && 'kty' in key ? key.kty : undefined,
  );
  return kinds.every((kty) => typeof kty === 'string') && kinds.some((kty) => kty !== 'oct');
}

function unavailable(error: unknown): GatewayError {
  return new GatewayError('ISSUER_UNAVAILABLE', "The issuer's keys could not be fetched.", {
    hint: error instanceof Error ? error.message : undefined,
  });
}
