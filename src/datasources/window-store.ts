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
import {
  containsWindow,
  endOf,
  overlaps,
  stretchOf,
  type PageWindow,
  type WantedWindow,
} from './page-window.ts';
import { estimatedBytes } from './window-bytes.ts';
import { createStretchIndex } from './stretch-index.ts';

/** What may be done with a kept window. `outdated`: a newer reading has shown that the list changed since. */
export type WindowState = 'fresh' | 'stale' | 'outdated' | 'stale-if-error';

/** What is kept that holds a window. */
export interface FoundWindow {
  readonly value: FetchedWindow;
  readonly state: WindowState;
  /** Until when it is fresh by its age alone, on the monotonic clock. */
  readonly freshUntilMs: number;
  /** Since fetching it again failed: when it may be tried once more, on the monotonic clock. */
  readonly retryAtMs: number | undefined;
}

/** Windows of the worklist that were fetched, within a bound of memory, in the order in which they were asked for. */
export interface WindowStore {
  /** The newest of what holds `window`, fresh before anything else. */
  find(window: WantedWindow): FoundWindow | undefined;
  /** The newest window that tells where the list ends. */
  ending(): FoundWindow | undefined;
  /** Keeps a window in place of older ones that it holds; nothing where a newer one holds it. */
  keep(value: FetchedWindow): void;
  /** Whether a newer reading has shown that the list changed after this one. */
  isOutdated(value: FetchedWindow): boolean;
  /** Where a record stands by the newest kept reading of it, unless the list is known to have changed since. */
  placeOf(id: string): number | undefined;
  /**
   * Tells how much longer, from when it is called, the page `window` that is cut from `value` now is what the store would
   * give: 0 once it is not, and where `value` is not kept. To ask is to use what is kept. Holds nothing of `value` in
   * memory.
   */
  freshness(value: FetchedWindow, window: PageWindow): () => number;
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

/** Whether what was made of something is still what would be made of it. */
interface Validity {
  isOver: boolean;
}

interface Kept extends CacheEntry<FetchedWindow> {
  validity: Validity;
}

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
      endPages(entry);
      index.delete(entry);
      changes.forget(entry.value);
    },
  });
  let ending: Kept | undefined;
  /** Of all pages, since the end of the list has a part in whether there is a next one. */
  let endingValidity: Validity = { isOver: false };

  /** What is cut from an entry from now on may differ. */
  function endPages(entry: Kept): void {
    entry.validity.isOver = true;
    entry.validity = { isOver: false };
  }

  function found(entry: Kept, value = entry.value): FoundWindow | undefined {
    const freshness = freshnessOf(entry, clock.monotonicMs());
    if (freshness === 'expired') return undefined;
    const state = changes.hasChangedSince(value) ? 'outdated' : freshness;
    return { value, state, freshUntilMs: entry.freshUntilMs, retryAtMs: entry.retryAtMs };
  }

  const endingFound = () => ending && found(ending);

  function find(window: WantedWindow): FoundWindow | undefined {
    const end = endingFound();
    const endsAt = end && knownEndOf(end.value);
    if (endsAt !== undefined && endsAt <= window.offset) return end;

    let best: { readonly entry: Kept; readonly found: FoundWindow } | undefined;
    for (const entry of index.near(window.offset)) {
      // A window without a total does not know that it is the last: another may have shown it since.
      const isLast =
        window.needsOwnEnd !== true && end?.state === 'fresh' && endsAt === heldUntil(entry.value);
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
    if (knownEndOf(entry.value) !== undefined) setEnding(entry);
    else if (end !== undefined && end < heldUntil(entry.value)) setEnding(undefined);
  }

  function setEnding(entry: Kept | undefined): void {
    const end = endingFound();
    const isSame = end?.state === 'fresh' && entry && knownEndOf(end.value) === knownEndOf(entry.value);
    ending = entry;
    if (isSame === true) return;
    endingValidity.isOver = true;
    endingValidity = { isOver: false };
  }

  const isKept = (entry: Kept) => kept.peek(keyOf(entry.value)) === entry;

  /** The entry of a window, if that is still the one that is kept. */
  function entriesOf(value: FetchedWindow): readonly Kept[] {
    return [kept.peek(keyOf(value)), ending].flatMap((entry) =>
      entry?.value.order === value.order ? [entry] : [],
    );
  }

  /** Apart from where it is made, so that it holds no window in memory. */
  function freshnessBy(by: {
    readonly validities: readonly Validity[];
    readonly order: number;
    readonly isCurrent: () => boolean;
    readonly untilMs: number;
    readonly key: string;
  }): () => number {
    return () => {
      const isOver =
        by.validities.some((each) => each.isOver) || changes.hasChangedSince(by) || !by.isCurrent();
      if (isOver) return 0;
      kept.get(by.key);
      return Math.max(0, by.untilMs - clock.monotonicMs());
    };
  }

  return {
    find,
    ending: endingFound,
    isOutdated: changes.hasChangedSince,
    placeOf: changes.placeOf,

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
        else if (overlaps(asked, older.value.asked)) endPages(older);
      }
      const entry: Kept = {
        ...createEntry(value, value.askedAtMs, shortenedBy(caching, lifetimes)),
        validity: { isOver: false },
      };
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

    freshness(value, window) {
      const { order, total } = value;
      const isEmpty = window.limit === 0 || window.offset >= (knownEndOf(value) ?? Infinity);
      const entry = entriesOf(value).find((each) => (isEmpty ? each === ending : isKept(each)));
      // Without a total, the end that another window tells has a part in it for as long as that is fresh.
      const end = total === null ? ending : undefined;
      return freshnessBy({
        validities: entry === undefined ? [] : [entry.validity, endingValidity],
        order: Math.min(order, end?.value.order ?? Infinity),
        // Empty pages are made of the newest window that tells the end.
        isCurrent: () => !isEmpty || ending?.value.order === order,
        untilMs: Math.min(entry?.freshUntilMs ?? 0, end?.freshUntilMs ?? Infinity),
        key: keyOf(value),
      });
    },

    pause(value, retryAtMs) {
      for (const entry of entriesOf(value)) entry.retryAtMs = retryAtMs;
    },

    forget(value) {
      for (const entry of entriesOf(value)) {
        if (entry === ending) setEnding(undefined);
        if (isKept(entry)) kept.delete(keyOf(value));
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
