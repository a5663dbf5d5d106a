/** A stretch of the worklist: `limit` records from position `offset` on, the first being 0. */
export interface PageWindow {
  readonly offset: number;
  readonly limit: number;
}

/**
 * The fewest windows that hold all of `windows` and nothing else: overlapping and adjacent ones are joined.
 * Ascending by offset; empty windows are left out.
 */
export function mergeWindows(windows: readonly PageWindow[]): readonly PageWindow[] {
  const merged: PageWindow[] = [];
  for (const window of windows.filter(({ limit }) => limit > 0).toSorted((a, b) => a.offset - b.offset)) {
    const last = merged.at(-1);
    if (last === undefined || window.offset > endOf(last)) {
      merged.push(window);
    } else {
      const end = Math.max(endOf(last), endOf(window));
      merged[merged.length - 1] = { offset: last.offset, limit: end - last.offset };
    }
  }
  return merged;
}

/** Whether every position of `inner` is one of `outer`. */
export function containsWindow(outer: PageWindow, inner: PageWindow): boolean {
  return outer.offset <= inner.offset && endOf(inner) <= endOf(outer);
}

function endOf({ offset, limit }: PageWindow): number {
  return offset + limit;
}
