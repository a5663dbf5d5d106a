import type { Caching } from '../http/cache-control.ts';
import type { PageWindow } from './page-window.ts';
import type { WorklistRecord } from './wire/worklist-adapter.ts';

/** A window as it was fetched: `limit` is the number of records it holds. */
export interface FetchedWindow extends PageWindow {
  /** As it was asked for. */
  readonly asked: PageWindow;
  readonly records: readonly WorklistRecord[];
  /** The length of the whole list; `null` where the upstream does not say, or not believably. */
  readonly total: number | null;
  /** Whether the list ends with this window. */
  readonly reachesEnd: boolean;
  /** On the wall clock: when the first of its records was asked for. */
  readonly fetchedAtMs: number;
  /** The same instant on the monotonic clock. */
  readonly askedAtMs: number;
  /** Size of what was received for it. */
  readonly bodyBytes: number;
  /** What the upstream says about keeping it. */
  readonly caching: Caching;
}

/** One page as a client asked for it. */
export interface WorklistPage extends PageWindow {
  readonly records: readonly WorklistRecord[];
  readonly total: number | null;
  /** By the total; without one, true until a page is known to be the last. */
  readonly hasNextPage: boolean;
  readonly fetchedAt: Date;
  /** Whether it is older than the cache's `ttlMs`. */
  readonly stale: boolean;
  /** How long it stays fresh from now on; 0 where it may not be kept. */
  readonly freshForMs: number;
}

/** Whether `fetched` has all that the list holds of `window`. */
export function answers(fetched: FetchedWindow, window: PageWindow): boolean {
  if (window.offset < fetched.offset) return false;
  return fetched.reachesEnd || window.offset + window.limit <= fetched.offset + fetched.limit;
}

/** The position behind the list's last record, as far as `fetched` tells; never too small. */
export function knownEndOf({ offset, limit, total, reachesEnd }: FetchedWindow): number | undefined {
  return total ?? (reachesEnd ? offset + limit : undefined);
}

/** Cuts the page `window` out of a fetched window that answers it. */
export function cutPage(
  fetched: FetchedWindow,
  { offset, limit }: PageWindow,
  { stale, freshForMs }: Pick<WorklistPage, 'stale' | 'freshForMs'>,
): WorklistPage {
  const start = offset - fetched.offset;
  const records = fetched.records.slice(start, start + limit);
  const end = knownEndOf(fetched);
  return {
    offset,
    limit,
    records,
    total: fetched.total,
    hasNextPage: end === undefined || offset + records.length < end,
    fetchedAt: new Date(fetched.fetchedAtMs),
    stale,
    freshForMs,
  };
}
