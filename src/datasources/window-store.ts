import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import {
  createEntry,
  freshnessOf,
  shortenedBy,
  type CacheEntry,
  type CacheLifetimes,
} from './cache-entry.ts';
import { holdsWindow, heldBy, heldUntil, knownEndOf, type FetchedWindow } from './fetched-window.ts';
import { createListChanges } from './list-changes.ts';
import { containsWindow, endOf, stretchOf, type PageWindow } from './page-window.ts';
import { estimatedBytes } from './window-bytes.ts';
import { createStretchIndex } from './stretch-index.ts';

/** What may be done with a kept window. `outdated`: a newer reading has shown that the list changed since. */
export type WindowState = 'fresh' | 'stale' | 'outdated' | 'stale-if-error';

/** What is kept that holds a window. */
export interface FoundWindow {
  readonly value: FetchedWindow;
  readonly state: WindowState;
  /** Since fetching it again failed: when it may be tried once more, on the monotonic clock. */
  readonly retryAtMs: number | undefined;
}

/** Windows of the worklist that were fetched, within a bound of memory, in the order in which they were asked for. */
export interface WindowStore {
  /** The newest of what holds `window`, fresh before anything else. */
  find(window: PageWindow): FoundWindow | undefined;
  /** The newest window that tells where the list ends. */
  ending(): FoundWindow | undefined;
  /** Keeps a window in place of older ones that it holds; nothing where a newer one holds it. */
  keep(value: FetchedWindow): void;
  /** Whether a newer reading has shown that the list changed after this one. */
  isOutdated(value: FetchedWindow): boolean;
  /** How long a window stays fresh from now on, in milliseconds; 0 where it may not be kept. */
  freshForMs(value: FetchedWindow): number;
  /** Notes that fetching it again failed. */
  pause(value: FetchedWindow, retryAtMs: number): void;
  forget(value: FetchedWindow): void;
}

export interface WindowStoreOptions {
  readonly clock: Clock;
  readonly lifetimes: CacheLifetimes;
  /** Bounds the memory that kept windows take, counted from what they hold: see `estimatedBytes`. */
  readonly maxBytes: number;
  /** The usual length of a window, for the index. */
  readonly maxPageSize: number;
}

type Kept = CacheEntry<FetchedWindow>;

export function createWindowStore(options: WindowStoreOptions): WindowStore {
  const { clock, lifetimes, maxBytes, maxPageSize } = options;
  const index = createStretchIndex<Kept>({
    stretchOf: ({ value }) => heldBy(value),
    cellLength: maxPageSize,
  });
  const changes = createListChanges(clock);
  const kept = new LRUCache<string, Kept>({
    maxSize: maxBytes,
    sizeCalculation: ({ value }) => estimatedBytes(value),
    dispose(entry) {
      index.delete(entry);
      changes.forget(entry.value);
    },
  });
  let ending: Kept | undefined;

  function found(entry: Kept, value = entry.value): FoundWindow | undefined {
    const freshness = freshnessOf(entry, clock.monotonicMs());
    if (freshness === 'expired') return undefined;
    const state = changes.hasChangedSince(value) ? 'outdated' : freshness;
    return { value, state, retryAtMs: entry.retryAtMs };
  }

  const endingFound = () => ending && found(ending);

  function find(window: PageWindow): FoundWindow | undefined {
    const end = endingFound();
    const endsAt = end && knownEndOf(end.value);
    if (endsAt !== undefined && endsAt <= window.offset) return end;

    let best: { readonly entry: Kept; readonly found: FoundWindow } | undefined;
    for (const entry of index.near(window.offset)) {
      // A window without a total does not know that it is the last: another may have shown it since.
      const isLast = end?.state === 'fresh' && endsAt === heldUntil(entry.value);
      const value = isLast ? { ...entry.value, reachesEnd: true } : entry.value;
      const each = holdsWindow(value, window) ? found(entry, value) : undefined;
      if (each !== undefined && (best === undefined || isBetter(each, best.found)))
        best = { entry, found: each };
    }
    if (best !== undefined) kept.get(keyOf(best.entry.value));
    return best?.found;
  }

  const isExpired = (entry: Kept) => freshnessOf(entry, clock.monotonicMs()) === 'expired';

  function noteEnd(entry: Kept): void {
    if (ending !== undefined && ending.value.order > entry.value.order) return;
    const end = ending && knownEndOf(ending.value);
    if (knownEndOf(entry.value) !== undefined) ending = entry;
    else if (end !== undefined && end < heldUntil(entry.value)) ending = undefined;
  }

  /** The entry of a window, if that is still the one that is kept. */
  function entriesOf(value: FetchedWindow): readonly Kept[] {
    return [kept.peek(keyOf(value)), ending].flatMap((entry) =>
      entry?.value.order === value.order ? [entry] : [],
    );
  }

  return {
    find,
    ending: endingFound,
    isOutdated: changes.hasChangedSince,

    keep(value) {
      const { asked, caching, order } = value;
      const near = index.around(stretchOf(asked));
      changes.compare(
        value,
        near.map((entry) => entry.value),
      );
      for (const older of near) {
        const isHeld = asked.offset <= older.value.asked.offset && heldUntil(older.value) <= endOf(asked);
        if ((isHeld && older.value.order < order) || isExpired(older)) kept.delete(keyOf(older.value));
      }
      const entry: Kept = createEntry(value, value.askedAtMs, shortenedBy(caching, lifetimes));
      if (isExpired(entry)) return;

      noteEnd(entry);
      const isSuperseded = near.some(
        (newer) => newer.value.order > order && containsWindow(newer.value.asked, asked),
      );
      if (heldBy(value).length === 0 || isSuperseded) return;
      kept.set(keyOf(value), entry);
      if (!kept.has(keyOf(value))) return;
      index.add(entry);
      changes.remember(value);
    },

    freshForMs({ askedAtMs, caching }) {
      return Math.max(0, askedAtMs + shortenedBy(caching, lifetimes).ttlMs - clock.monotonicMs());
    },

    pause(value, retryAtMs) {
      for (const entry of entriesOf(value)) entry.retryAtMs = retryAtMs;
    },

    forget(value) {
      for (const entry of entriesOf(value)) {
        if (entry === ending) ending = undefined;
        if (kept.peek(keyOf(value)) === entry) kept.delete(keyOf(value));
      }
    },
  };
}

function isBetter(one: FoundWindow, other: FoundWindow): boolean {
  if ((one.state === 'fresh') !== (other.state === 'fresh')) return one.state === 'fresh';
  return one.value.order > other.value.order;
}

function keyOf({ asked }: FetchedWindow): string {
  return `${asked.offset}:${asked.limit}`;
}
