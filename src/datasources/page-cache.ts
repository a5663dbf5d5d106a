import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';
import type { Caching } from '../http/cache-control.ts';
import {
  createEntry,
  freshnessOf,
  type CacheEntry,
  type CacheLifetimes,
  type Freshness,
} from './cache-entry.ts';
import type { FetchWindow } from './fetch-window.ts';
import { answers, cutPage, knownEndOf, type FetchedWindow, type WorklistPage } from './fetched-window.ts';
import { createLoads, type Loads } from './page-loads.ts';
import { containsWindow, type PageWindow } from './page-window.ts';
import { createWindowIndex } from './window-index.ts';

/** Pages of the worklist, fetched at most once for all who ask at the same time, and kept for a while. */
export interface PageCache {
  /** Whether `read` would answer without waiting for a call that is not under way yet. */
  has(window: PageWindow): boolean;
  /**
   * The page `window`, cut from one fetched window that contains it. A stale one is given while it is fetched
   * again behind the caller, and where that fails. Throws what the fetch throws; failures are never kept.
   * When `signal` is aborted, only this caller leaves, with the signal's reason; the fetch is cancelled when
   * nobody waits for it any more.
   */
  read(window: PageWindow, signal?: AbortSignal): Promise<WorklistPage>;
  /** Forgets everything, and what is on its way too: that reaches those waiting, but is not kept. */
  invalidate(): void;
}

export interface PageCacheOptions {
  readonly fetchWindow: FetchWindow;
  readonly clock: Clock;
  readonly report: Report;
  readonly lifetimes: CacheLifetimes;
  /** Bounds the memory that kept windows take, by an estimate from their size on the wire. */
  readonly maxBytes: number;
  /** The usual length of a window, for the index. */
  readonly maxPageSize: number;
}

/** Parsed records were seen to take 2.2 times the bytes of their JSON (`bench/page-memory.ts`); this leaves room. */
const HEAP_BYTES_PER_BODY_BYTE = 3;
const ENTRY_OVERHEAD_BYTES = 1_024;

/** After a failed revalidation, the window is not fetched again for this long, or the upstream's `Retry-After`. */
const REVALIDATION_PAUSE_MS = 1_000;

interface Kept extends CacheEntry<FetchedWindow>, PageWindow {
  /** Since a revalidation failed: until when no other is tried. */
  retryAtMs?: number;
}

/** What is kept that answers a window. */
interface Found {
  readonly value: FetchedWindow;
  readonly entry: Kept;
  readonly freshness: Exclude<Freshness, 'expired'>;
}

export function createPageCache(options: PageCacheOptions): PageCache {
  const { fetchWindow, clock, report, lifetimes, maxBytes, maxPageSize } = options;
  const index = createWindowIndex<Kept>(maxPageSize);
  const kept = new LRUCache<string, Kept>({
    maxSize: maxBytes,
    sizeCalculation: ({ value }) => value.bodyBytes * HEAP_BYTES_PER_BODY_BYTE + ENTRY_OVERHEAD_BYTES,
    dispose: (entry) => index.delete(entry),
  });
  /** The newest window that told where the list ends. */
  let ending: Kept | undefined;
  let loads = newLoads();

  const freshness = (entry: Kept) => freshnessOf(entry, clock.monotonicMs());

  /** The newest of what is kept for `window`, fresh before stale. */
  function find(window: PageWindow): Found | undefined {
    const end = ending && { entry: ending, freshness: freshness(ending), position: knownEndOf(ending.value) };
    if (end?.position !== undefined && end.position <= window.offset && end.freshness !== 'expired') {
      return { value: end.entry.value, entry: end.entry, freshness: end.freshness };
    }
    const found = index.near(window.offset).flatMap((entry): Found[] => {
      const state = freshness(entry);
      // A window without a total does not know that it is the last: another may have shown it since.
      const isLast = end?.freshness === 'fresh' && end.position === entry.offset + entry.limit;
      const value = isLast ? { ...entry.value, reachesEnd: true } : entry.value;
      return state !== 'expired' && answers(value, window) ? [{ value, entry, freshness: state }] : [];
    });
    const best = found.findLast((each) => each.freshness === 'fresh') ?? found.at(-1);
    if (best !== undefined) kept.get(keyOf(best.entry));
    return best;
  }

  /** A page of no records: what is known of the list, without a call. */
  function emptyPage(window: PageWindow): WorklistPage {
    const known = ending && freshness(ending) !== 'expired' ? ending : undefined;
    const end = known && knownEndOf(known.value);
    return {
      ...window,
      records: [],
      total: known?.value.total ?? null,
      hasNextPage: end === undefined || window.offset < end,
      fetchedAt: new Date(known?.value.fetchedAtMs ?? clock.now()),
      stale: known !== undefined && freshness(known) !== 'fresh',
      freshForMs: known === undefined ? 0 : freshForMs(known.value),
    };
  }

  function keep(value: FetchedWindow): void {
    const { asked, offset, limit, caching } = value;
    for (const older of index.around(asked)) {
      if (containsWindow(asked, older) || freshness(older) === 'expired') kept.delete(keyOf(older));
    }
    const entry: Kept = { ...createEntry(value, value.askedAtMs, lifetimesFor(caching)), offset, limit };
    if (!caching.mayStore || freshness(entry) === 'expired') return;

    const end = ending && knownEndOf(ending.value);
    if (knownEndOf(value) !== undefined) ending = entry;
    else if (end !== undefined && end < offset + limit) ending = undefined;
    if (limit === 0) return;
    kept.set(keyOf(entry), entry);
    if (kept.has(keyOf(entry))) index.add(entry);
  }

  /** The operator's lifetimes, shortened by what the upstream says. */
  function lifetimesFor({ maxAgeMs = Infinity, mayServeStale }: Caching): CacheLifetimes {
    const ttlMs = Math.min(lifetimes.ttlMs, maxAgeMs);
    return mayServeStale ? { ...lifetimes, ttlMs } : { ttlMs, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 };
  }

  function freshForMs({ askedAtMs, caching }: FetchedWindow): number {
    if (!caching.mayStore) return 0;
    return Math.max(0, askedAtMs + lifetimesFor(caching).ttlMs - clock.monotonicMs());
  }

  const serve = (value: FetchedWindow, window: PageWindow, stale: boolean) =>
    cutPage(value, window, { stale, freshForMs: freshForMs(value) });

  function newLoads(): Loads {
    const own: Loads = createLoads({
      fetchWindow,
      maxPageSize,
      onFetched(fetched) {
        // After an invalidation, what was on its way before it is not kept.
        if (own === loads) keep(fetched);
      },
    });
    return own;
  }

  const isPaused = ({ retryAtMs = -Infinity }: Kept) => clock.monotonicMs() < retryAtMs;

  function forget(entry: Kept): void {
    if (kept.peek(keyOf(entry)) === entry) kept.delete(keyOf(entry));
    if (ending === entry) ending = undefined;
  }

  /** Fetches again what `entry` holds of `window`, or more. A failure gives it a pause, a refusal ends it. */
  async function revalidate(entry: Kept, window: PageWindow, signal?: AbortSignal): Promise<FetchedWindow> {
    try {
      return await loads.fetch(window, { signal, known: entry.value });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      if (!isUpstreamFailure(error)) {
        forget(entry);
      } else if (!isPaused(entry)) {
        const retryInMs = Math.max(REVALIDATION_PAUSE_MS, error.retryAfterMs ?? 0);
        entry.retryAtMs = clock.monotonicMs() + retryInMs;
        report({ type: 'revalidation.failed', error, retryInMs });
      }
      throw error;
    }
  }

  return {
    has(window) {
      const found = find(window);
      return (found !== undefined && servesAtOnce(found)) || loads.has(window);
    },

    async read(window, signal) {
      if (window.limit === 0) return emptyPage(window);
      const found = find(window);
      if (found === undefined) return serve(await loads.fetch(window, { signal }), window, false);
      const { value, entry, freshness: state } = found;
      if (state === 'fresh') return serve(value, window, false);

      // The window as it was fetched, so that all who share it go on sharing it.
      const whole = containsWindow(value.asked, window) ? value.asked : window;
      if (servesAtOnce(found)) {
        if (!isPaused(entry) && !loads.has(whole)) revalidate(entry, whole).catch(() => {});
        return serve(value, window, true);
      }
      try {
        return serve(await revalidate(entry, whole, signal), window, false);
      } catch (error) {
        if (!isUpstreamFailure(error)) throw error;
        return serve(value, window, true);
      }
    },

    invalidate() {
      ending = undefined;
      loads = newLoads();
      kept.clear();
    },
  };
}

/** A stale page is, while it is fetched again; once that has failed, also one that is older. */
function servesAtOnce({ freshness, entry }: Found): boolean {
  return freshness !== 'stale-if-error' || entry.retryAtMs !== undefined;
}

/** RFC 5861, section 4: anything but the upstream's refusal of this very request, or the caller's leaving. */
function isUpstreamFailure(error: unknown): boolean {
  return error instanceof GatewayError && error.code !== 'UPSTREAM_REJECTED';
}

function keyOf({ offset, limit }: PageWindow): string {
  return `${offset}:${limit}`;
}
