import type { Caching } from '../http/cache-control.ts';

/** How long a cached value is served, in milliseconds from when it was asked for (RFC 9111, RFC 5861). */
export interface CacheLifetimes {
  /** Served without asking the upstream. */
  readonly ttlMs: number;
  /** After that, still served while one revalidation runs behind it. */
  readonly staleWhileRevalidateMs: number;
  /** Also counted from the end of `ttlMs`: served where the upstream fails. */
  readonly staleIfErrorMs: number;
}

/** One value, and the instants on the monotonic clock at which its lifetimes end. */
export interface CacheEntry<Value> {
  readonly value: Value;
  readonly freshUntilMs: number;
  readonly staleUntilMs: number;
  readonly staleIfErrorUntilMs: number;
  /** Since a revalidation failed: when the next may be tried. */
  retryAtMs?: number;
}

export type Freshness = 'fresh' | 'stale' | 'stale-if-error' | 'expired';

export function createEntry<Value>(
  value: Value,
  askedAtMs: number,
  { ttlMs, staleWhileRevalidateMs, staleIfErrorMs }: CacheLifetimes,
): CacheEntry<Value> {
  const freshUntilMs = askedAtMs + ttlMs;
  return {
    value,
    freshUntilMs,
    staleUntilMs: freshUntilMs + staleWhileRevalidateMs,
    staleIfErrorUntilMs: freshUntilMs + staleIfErrorMs,
  };
}

export function freshnessOf(entry: CacheEntry<unknown>, nowMs: number): Freshness {
  if (nowMs < entry.freshUntilMs) return 'fresh';
  if (nowMs < entry.staleUntilMs) return 'stale';
  if (nowMs < entry.staleIfErrorUntilMs) return 'stale-if-error';
  return 'expired';
}

/** The operator's lifetimes, shortened by what the upstream says of one value; all 0 where it may not be kept. */
export function shortenedBy(
  { maxAgeMs = Infinity, mayStore, mayServeStale }: Caching,
  lifetimes: CacheLifetimes,
): CacheLifetimes {
  const ttlMs = mayStore ? Math.min(lifetimes.ttlMs, maxAgeMs) : 0;
  const mayKeepStale = mayStore && mayServeStale;
  return mayKeepStale ? { ...lifetimes, ttlMs } : { ttlMs, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 };
}
