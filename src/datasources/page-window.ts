/** What was asked for: `limit` records from position `offset` on, the first being 0. */
export interface PageWindow {
  readonly offset: number;
  readonly limit: number;
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

/** Windows that one window holds, so that one call may serve them all. */
export interface MergedWindow extends PageWindow {
  /** By offset. */
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
    const limit = last && Math.max(endOf(last), endOf(window)) - last.offset;
    if (
      last === undefined ||
      limit === undefined ||
      window.offset > endOf(last) ||
      limit > Math.max(maxLimit, last.limit)
    ) {
      merged.push({ ...window, parts: [window] });
    } else {
      merged[merged.length - 1] = { offset: last.offset, limit, parts: [...last.parts, window] };
    }
  }
  return merged;
}
