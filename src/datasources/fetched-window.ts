import type { Caching } from '../http/cache-control.ts';
import { endOf, isSameWindow, stretchOf, type PageWindow, type Stretch } from './page-window.ts';
import type { WorklistPage } from './worklist-page.ts';
import type { WorklistRecord } from './worklist-record.ts';

/** A window as one reading of the list gave it. */
export interface FetchedWindow {
  readonly asked: PageWindow;
  /** No more than were asked for. */
  readonly records: readonly WorklistRecord[];
  /**
   * Whether each record stands where its place among `records` says. Not where the upstream leaves records out after
   * it has counted them: then nothing but the window as a whole can be served.
   */
  readonly isDense: boolean;
  /** The length of the whole list; `null` where the upstream does not say, or not believably. */
  readonly total: number | null;
  /** Whether the list ends with this window. */
  readonly reachesEnd: boolean;
  /** On the wall clock, as RFC 3339 writes it in UTC: when the first of its records was asked for. */
  readonly fetchedAt: string;
  /** The same instant on the monotonic clock. */
  readonly askedAtMs: number;
  /** Counts the readings in the order in which they were asked for. */
  readonly order: number;
  /** What the upstream says about keeping it. */
  readonly caching: Caching;
}

/** The stretch of the list that is known by it. */
export function heldBy({ asked, records, isDense }: FetchedWindow): Stretch {
  return isDense ? { offset: asked.offset, length: records.length } : stretchOf(asked);
}

/** The position behind the last one that is known by it. */
export function heldUntil(fetched: FetchedWindow): number {
  const { offset, length } = heldBy(fetched);
  return offset + length;
}

/** Whether `fetched` has all that the list holds of `window`. */
export function holdsWindow(fetched: FetchedWindow, window: PageWindow): boolean {
  if (!fetched.isDense) return isSameWindow(fetched.asked, window);
  if (window.offset < fetched.asked.offset) return false;
  return fetched.reachesEnd || endOf(window) <= heldUntil(fetched);
}

/** The position behind the list's last record, as far as `fetched` tells; never too small. */
export function knownEndOf(fetched: FetchedWindow): number | undefined {
  return fetched.total ?? (fetched.reachesEnd ? heldUntil(fetched) : undefined);
}

/** Cuts the page `window` out of a fetched window that holds it. */
export function cutPage(
  fetched: FetchedWindow,
  window: PageWindow,
  { stale, freshForMs }: Pick<WorklistPage, 'stale' | 'freshForMs'>,
): WorklistPage {
  const records = recordsIn(fetched, window);
  const end = knownEndOf(fetched);
  const readUntil = fetched.isDense ? window.offset + records.length : endOf(window);
  return {
    ...window,
    records,
    total: fetched.total,
    hasNextPage: end === undefined || readUntil < end,
    fetchedAt: fetched.fetchedAt,
    stale,
    freshForMs,
  };
}

function recordsIn(
  { asked, records, isDense }: FetchedWindow,
  window: PageWindow,
): readonly WorklistRecord[] {
  if (!isDense) return isSameWindow(asked, window) ? records : [];
  const start = window.offset - asked.offset;
  return records.slice(start, start + window.limit);
}
