import type { FreshnessDemands } from '../freshness-demands.ts';

/** What was asked for: `limit` records from position `offset` on, the first being 0. */
export interface PageWindow {
  readonly offset: number;
  readonly limit: number;
}

/** A window that somebody wants to read, and how. */
export interface WantedWindow extends PageWindow {
  readonly demands?: FreshnessDemands | undefined;
  /**
   * Whether it takes the list's end from nobody but the reading that gives its records: what else was read at another
   * instant may have seen the same end behind other records.
   */
  readonly needsOwnEnd?: boolean;
}

/** What is there: `length` positions of the list from `offset` on. */
export interface Stretch {
  readonly offset: number;
  readonly length: number;
}

/** The position behind the last one of a window. */
export function endOf({ offset, limit }: PageWindow): number {
  return offset + limit;
}

/** The positions that a window asks for. */
export function stretchOf({ offset, limit }: PageWindow): Stretch {
  return { offset, length: limit };
}

/** Whether every position of `inner` is one of `outer`. */
export function containsWindow(outer: PageWindow, inner: PageWindow): boolean {
  return outer.offset <= inner.offset && endOf(inner) <= endOf(outer);
}

/** Whether some position is in both. */
export function overlaps(one: PageWindow, other: PageWindow): boolean {
  return one.offset < endOf(other) && other.offset < endOf(one);
}

export function isSameWindow(one: PageWindow, other: PageWindow): boolean {
  return one.offset === other.offset && one.limit === other.limit;
}

/** The one window that holds both, where nothing lies between them. */
export function unionOf(one: PageWindow, other: PageWindow): PageWindow | undefined {
  if (one.offset > endOf(other) || other.offset > endOf(one)) return undefined;
  const offset = Math.min(one.offset, other.offset);
  return { offset, limit: Math.max(endOf(one), endOf(other)) - offset };
}

/** Windows that one window holds, so that one call may serve them all. */
export interface MergedWindow extends PageWindow {
  readonly parts: readonly [PageWindow, ...PageWindow[]];
}

/**
 * The fewest windows of at most `maxLimit` records that hold all of `windows` and nothing else: overlapping and
 * adjacent ones are joined as far as that allows. Ascending by offset; empty windows are left out. A window longer
 * than `maxLimit` stays as it is.
 */
export function mergeWindows(windows: readonly PageWindow[], maxLimit: number): readonly MergedWindow[] {
  const merged: MergedWindow[] = [];
  const ascending = windows
    .filter(({ limit }) => limit > 0)
    .toSorted((a, b) => a.offset - b.offset || b.limit - a.limit);
  for (const window of ascending) {
    const last = merged.at(-1);
    const union = last && unionOf(last, window);
    if (last === undefined || union === undefined || union.limit > Math.max(maxLimit, last.limit)) {
      merged.push({ ...window, parts: [window] });
    } else {
      merged[merged.length - 1] = { ...union, parts: [...last.parts, window] };
    }
  }
  return merged;
}
