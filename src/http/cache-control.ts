import { cacheDirectives, deltaSeconds } from '../cache-directives.ts';

/** What a response says about keeping it (RFC 9111). */
export interface Caching {
  /** False for `no-store`. */
  readonly mayStore: boolean;
  /** How long it is fresh: `max-age` less `Age`, 0 for `no-cache`; `undefined` where it does not say. */
  readonly maxAgeMs: number | undefined;
  /** False for `must-revalidate` and `no-cache`: once no longer fresh, it may not be served. */
  readonly mayServeStale: boolean;
}

/** Reads `Cache-Control` and `Age`. The gateway is a private cache of the service account's. */
export function cachingOf(headers: Readonly<Record<string, string | undefined>>): Caching {
  const directives = cacheDirectives(headers['cache-control'] ?? '');
  const noCache = directives.has('no-cache');
  return {
    mayStore: !directives.has('no-store'),
    maxAgeMs: noCache ? 0 : maxAgeMsOf(directives.get('max-age'), headers['age']),
    mayServeStale: !noCache && !directives.has('must-revalidate'),
  };
}

/** The strictest of several, for what was put together from several responses. */
export function strictest(all: readonly Caching[]): Caching {
  const maxAgesMs = all.flatMap(({ maxAgeMs }) => maxAgeMs ?? []);
  return {
    mayStore: all.every(({ mayStore }) => mayStore),
    maxAgeMs: maxAgesMs.length === 0 ? undefined : Math.min(...maxAgesMs),
    mayServeStale: all.every(({ mayServeStale }) => mayServeStale),
  };
}

/** `undefined` where it is not said. */
function maxAgeMsOf(maxAge: string | undefined, age: string | undefined): number | undefined {
  if (maxAge === undefined) return undefined;
  return Math.max(0, deltaSeconds(maxAge) - deltaSeconds(age ?? '')) * 1_000;
}
