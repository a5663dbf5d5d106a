import { cacheDirectives, deltaSeconds } from './cache-directives.ts';

/** How old a page a client accepts, by the directives of its `Cache-Control` (RFC 9111, section 5.2.1). */
export interface FreshnessDemands {
  /** `max-age`; 0 for `no-cache`. */
  readonly maxAgeMs?: number;
  /** `max-stale`: for how long a page may have been stale, and still needs no waiting; any time without a value. */
  readonly maxStaleMs?: number;
  /** `only-if-cached`: nothing is fetched. */
  readonly onlyIfCached?: boolean;
}

/** What a request demands; `undefined` where that is nothing. Other directives are of no effect here. */
export function freshnessDemandsOf(header: string | undefined): FreshnessDemands | undefined {
  if (header === undefined) return undefined;
  const directives = cacheDirectives(header);
  const maxAge = directives.has('no-cache') ? '0' : directives.get('max-age');
  const maxStale = directives.get('max-stale');
  const onlyIfCached = directives.has('only-if-cached');
  if (maxAge === undefined && maxStale === undefined && !onlyIfCached) return undefined;
  return {
    ...(maxAge !== undefined && { maxAgeMs: deltaSeconds(maxAge) * 1_000 }),
    ...(maxStale !== undefined && {
      maxStaleMs: maxStale === '' ? Infinity : deltaSeconds(maxStale) * 1_000,
    }),
    onlyIfCached,
  };
}
