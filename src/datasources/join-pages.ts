import type { FetchedPage } from './fetch-page.ts';
import { endOf, isSameWindow, type PageWindow } from './page-window.ts';
import type { WorklistRecord } from './worklist-record.ts';

/** One call to the upstream, and what it gave. */
export interface CollectedPage extends Omit<FetchedPage, 'records'> {
  readonly asked: PageWindow;
  /** No more than were asked for. */
  readonly records: readonly WorklistRecord[];
}

/** What the pages of a window amount to. */
export type JoinedPages =
  /** What to ask for next. */
  | { readonly kind: 'incomplete'; readonly next: PageWindow }
  | {
      readonly kind: 'whole';
      readonly records: readonly WorklistRecord[];
      /** See `FetchedWindow`. */
      readonly isDense: boolean;
      readonly total: number | null;
      readonly reachesEnd: boolean;
    }
  /** The last page does not fit to those before it: it shares a record with them, or claims another total. */
  | { readonly kind: 'contradiction' }
  /** The last page brought nothing that was not there already. */
  | { readonly kind: 'stuck' };

export interface JoinOptions {
  /** The most records to ask for in one call. */
  readonly maxLimit: number;
  /** Whether the upstream is known to leave records out of its pages, so that a short one may be all there is. */
  readonly leavesOut: boolean;
  /** Takes pages that contradict each other for a list that grew at its head: what comes twice is left out. */
  readonly isLenient: boolean;
}

/**
 * Joins the pages that were collected for `window`, oldest first, or says which to collect next. A page shorter than
 * asked is the end only where the total says so or nothing follows it: the upstream may give fewer at once.
 */
export function joinPages(
  window: PageWindow,
  pages: readonly CollectedPage[],
  { maxLimit, leavesOut, isLenient }: JoinOptions,
): JoinedPages {
  const records: WorklistRecord[] = [];
  const ids = new Set<string>();
  let total: number | null = null;
  let totalsDiffer = false;

  for (const page of pages) {
    const news = page.records.filter(({ id }) => !ids.has(id));
    totalsDiffer ||= page.total !== null && total !== null && page.total !== total;
    const contradicts = news.length < page.records.length || totalsDiffer;
    if (contradicts && !isLenient) return { kind: 'contradiction' };
    if (news.length === 0 && page.records.length > 0) return { kind: 'stuck' };
    for (const record of news) ids.add(record.id);
    records.push(...news);
    total = page.total ?? total;
  }

  const [first] = pages;
  const position = window.offset + records.length;
  if (first !== undefined && leavesOut && isSameWindow(first.asked, window) && isShort(first)) {
    if (records.length > 0 && position !== total) return onlyPage(first);
  }
  if (records.length > 0 && total !== null && total < position) total = null;
  const isOver = pages.at(-1)?.records.length === 0 || position === total;
  if (!isOver && records.length < window.limit) {
    return {
      kind: 'incomplete',
      next: nextOf(endOf(window) - position, window, pages, { maxLimit, isLenient }),
    };
  }
  // The list was seen to end before the total that was claimed.
  if (isOver && total !== null && total > position) total = null;
  return {
    kind: 'whole',
    records: records.slice(0, window.limit),
    isDense: true,
    total: totalsDiffer ? null : total,
    reachesEnd: isOver && records.length <= window.limit,
  };
}

/** What a page amounts to where the upstream has left records out of it. */
export function onlyPage({ records, total }: CollectedPage): JoinedPages {
  return { kind: 'whole', records, isDense: false, total, reachesEnd: false };
}

/**
 * Goes on behind the last page, wherever the list has moved it. After a short page as many as before are asked for,
 * which may be more than is `missing`: only so does an empty page show that the list has ended, not that the upstream
 * left out what is missing. Two of one length show a cap.
 */
function nextOf(
  missing: number,
  window: PageWindow,
  pages: readonly CollectedPage[],
  { maxLimit, isLenient }: Pick<JoinOptions, 'maxLimit' | 'isLenient'>,
): PageWindow {
  const last = pages.at(-1);
  if (last === undefined) return { offset: window.offset, limit: Math.min(missing, maxLimit) };
  const isCapped = last.records.length === pages.at(-2)?.records.length;
  const asManyAsBefore = isLenient || (isShort(last) && !isCapped);
  const limit = asManyAsBefore ? Math.max(missing, last.asked.limit) : missing;
  return { offset: last.asked.offset + last.records.length, limit: Math.min(limit, maxLimit) };
}

export function isShort({ asked, records }: CollectedPage): boolean {
  return records.length < asked.limit;
}
