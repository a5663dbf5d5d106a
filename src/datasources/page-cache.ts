import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import { createEntry, freshnessOf, type CacheEntry, type CacheLifetimes } from './cache-entry.ts';
import type { FetchWindow } from './fetch-window.ts';
import { answers, cutPage, knownEndOf, type FetchedWindow, type WorklistPage } from './fetched-window.ts';
import { containsWindow, type PageWindow } from './page-window.ts';
import { createWindowIndex } from './window-index.ts';

/** Pages of the worklist, fetched at most once for all who ask at the same time, and kept for a while. */
export interface PageCache {
  /** Whether `read` would answer without a further call to the upstream. */
  has(window: PageWindow): boolean;
  /**
   * The page `window`, cut from one fetched window that contains it. Throws what the fetch throws; failures
   * are never kept. When `signal` is aborted, only this caller leaves, with the signal's reason; the fetch is
   * cancelled when nobody waits for it any more.
   */
  read(window: PageWindow, signal?: AbortSignal): Promise<WorklistPage>;
  /** Forgets everything, and what is on its way too: that reaches those waiting, but is not kept. */
  invalidate(): void;
}

export interface PageCacheOptions {
  readonly fetchWindow: FetchWindow;
  readonly clock: Clock;
  readonly lifetimes: CacheLifetimes;
  /** Bounds the memory that kept windows take, by an estimate from their size on the wire. */
  readonly maxBytes: number;
  /** The usual length of a window, for the index. */
  readonly maxPageSize: number;
}

/** Parsed records were seen to take 2.2 times the bytes of their JSON (`bench/page-memory.ts`); this leaves room. */
const HEAP_BYTES_PER_BODY_BYTE = 3;
const ENTRY_OVERHEAD_BYTES = 1_024;

type Kept = CacheEntry<FetchedWindow> & PageWindow;

interface Load extends PageWindow {
  readonly result: Promise<FetchedWindow>;
  readonly controller: AbortController;
  waiting: number;
  forget(): void;
}

export function createPageCache(options: PageCacheOptions): PageCache {
  const { fetchWindow, clock, lifetimes, maxBytes, maxPageSize } = options;
  const index = createWindowIndex<Kept>(maxPageSize);
  const kept = new LRUCache<string, Kept>({
    maxSize: maxBytes,
    sizeCalculation: ({ value }) => value.bodyBytes * HEAP_BYTES_PER_BODY_BYTE + ENTRY_OVERHEAD_BYTES,
    dispose: (entry) => index.delete(entry),
  });
  /** The newest window that told where the list ends. */
  let ending: CacheEntry<FetchedWindow> | undefined;
  let loads = createWindowIndex<Load>(maxPageSize);
  let generation = 0;

  const freshness = (entry: CacheEntry<unknown>) => freshnessOf(entry, clock.monotonicMs());
  const isFresh = (entry: CacheEntry<unknown>) => freshness(entry) === 'fresh';

  /** What can be said of `window` without a call. */
  function find(window: PageWindow): FetchedWindow | undefined {
    const end = ending !== undefined && isFresh(ending) ? ending.value : undefined;
    const endPosition = end && knownEndOf(end);
    // A window without a total does not know that it is the last: another may have shown it since.
    const withEnd = (value: FetchedWindow) =>
      value.offset + value.limit === endPosition ? { ...value, reachesEnd: true } : value;

    const entry = index
      .near(window.offset)
      .findLast((near) => isFresh(near) && answers(withEnd(near.value), window));
    if (entry !== undefined) {
      kept.get(keyOf(entry));
      return withEnd(entry.value);
    }
    const isBeyond = endPosition !== undefined && window.offset >= endPosition;
    if (!isBeyond && window.limit > 0) return undefined;
    return {
      offset: window.offset,
      limit: 0,
      records: [],
      total: end?.total ?? null,
      reachesEnd: isBeyond,
      fetchedAtMs: end?.fetchedAtMs ?? clock.now(),
      askedAtMs: end?.askedAtMs ?? clock.monotonicMs(),
      bodyBytes: 0,
    };
  }

  function keep(value: FetchedWindow): void {
    const entry: Kept = {
      ...createEntry(value, value.askedAtMs, lifetimes),
      offset: value.offset,
      limit: value.limit,
    };
    const end = knownEndOf(value);
    const knownEnd = ending && knownEndOf(ending.value);
    if (end !== undefined) ending = entry;
    else if (knownEnd !== undefined && knownEnd < value.offset + value.limit) ending = undefined;
    if (value.limit === 0) return;

    for (const older of index.around(entry)) {
      if (containsWindow(entry, older) || freshness(older) === 'expired') kept.delete(keyOf(older));
    }
    kept.set(keyOf(entry), entry);
    if (kept.has(keyOf(entry))) index.add(entry);
  }

  const findLoad = (window: PageWindow) =>
    loads.near(window.offset).find((load) => containsWindow(load, window));

  function start(window: PageWindow): Load {
    const controller = new AbortController();
    const startedIn = { generation, loads };
    const load: Load = {
      ...window,
      controller,
      waiting: 0,
      forget: () => startedIn.loads.delete(load),
      result: fetchWindow(window, controller.signal)
        .then((fetched) => {
          if (startedIn.generation === generation) keep(fetched);
          return fetched;
        })
        .finally(() => load.forget()),
    };
    loads.add(load);
    return load;
  }

  /** Waits for `load` until `signal` is aborted. The last to leave calls the load off. */
  function join(load: Load, signal: AbortSignal | undefined): Promise<FetchedWindow> {
    load.waiting += 1;
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(signal?.reason);
        load.waiting -= 1;
        if (load.waiting > 0) return;
        load.forget();
        load.controller.abort(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      load.result.then(resolve, reject).finally(() => signal?.removeEventListener('abort', leave));
    });
  }

  return {
    has: (window) => (find(window) ?? findLoad(window)) !== undefined,

    async read(window, signal) {
      const found = find(window);
      if (found !== undefined) return cutPage(found, window, false);
      signal?.throwIfAborted();
      return cutPage(await join(findLoad(window) ?? start(window), signal), window, false);
    },

    invalidate() {
      generation += 1;
      ending = undefined;
      loads = createWindowIndex(maxPageSize);
      kept.clear();
    },
  };
}

function keyOf({ offset, limit }: PageWindow): string {
  return `${offset}:${limit}`;
}
