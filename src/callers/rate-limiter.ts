import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import { MEMORY_LIMITS } from '../limits.ts';

export interface RateLimiterOptions {
  readonly clock: Clock;
  /** Requests that a caller may go on making. */
  readonly perSecond: number;
  /** Requests that it may make at once after a rest. */
  readonly burst: number;
}

/** Counts one request of a caller; gives the time until it may come again where it is one too many. */
export type RateLimiter = (caller: string) => number | undefined;

/** Names of callers come from tokens, and may be as long as those. */
const BYTES_PER_CHARACTER = 2;
const BYTES_PER_CALLER = 256;

/**
 * A token bucket for each caller. Beyond the bounds, the one unheard of for longest is forgotten: it starts again with a
 * full bucket.
 */
export function createRateLimiter({ clock, perSecond, burst }: RateLimiterOptions): RateLimiter {
  const buckets = new LRUCache<string, { tokens: number; atMs: number }>({
    max: MEMORY_LIMITS.maxCallers,
    maxSize: MEMORY_LIMITS.maxCallerBytes,
    sizeCalculation: (_bucket, caller) => BYTES_PER_CALLER + caller.length * BYTES_PER_CHARACTER,
  });
  return (caller) => {
    const nowMs = clock.monotonicMs();
    let bucket = buckets.get(caller);
    if (bucket === undefined) {
      bucket = { tokens: burst, atMs: nowMs };
      buckets.set(caller, bucket);
    }
    const refilled = bucket.tokens + ((nowMs - bucket.atMs) / 1_000) * perSecond;
    const tokens = Math.min(burst, refilled);
    const isAllowed = tokens >= 1;
    bucket.tokens = isAllowed ? tokens - 1 : tokens;
    bucket.atMs = nowMs;
    return isAllowed ? undefined : Math.ceil(((1 - tokens) / perSecond) * 1_000);
  };
}
