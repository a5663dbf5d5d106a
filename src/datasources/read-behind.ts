import { GatewayError } from '../errors.ts';
import type { FreshnessDemands } from '../freshness-demands.ts';
import { OPERATION_LIMITS } from '../limits.ts';
import { endOf, type PageWindow, type WantedWindow } from './page-window.ts';
import type { WorklistPage } from './worklist-page.ts';

/** What was asked for: `limit` records behind the record with the identifier `after`. */
export interface Cursor extends PageWindow {
  readonly after: string;
  /** Where the first record behind it stood when the caller last saw it; 0 where the caller does not know. */
  readonly offset: number;
}

export interface ReadBehindDeps {
  /** Where a record stands by what is kept, if anything kept has it. */
  readonly placeOf: (id: string) => number | undefined;
  /** The most records that one call gives, as far as is known. */
  readonly maxLimit: () => number;
}

/**
 * Reads the records behind one, wherever that stands by now: yields the windows to read, takes the page of each, and
 * returns the page behind the record. All records of that page come from the window that has the record itself, so that
 * none is left out between the two, however the list has moved. It looks where the record is by what is kept, or where
 * the caller saw it; from there on in both directions. Throws `CURSOR_LOST` where it is nowhere near.
 */
export function* readBehind(
  cursor: Cursor,
  { placeOf, maxLimit }: ReadBehindDeps,
): Generator<WantedWindow, WorklistPage, WorklistPage> {
  const { after, offset, limit } = cursor;
  const from = Math.max(placeOf(after) ?? offset - 1, 0);
  const mostAtOnce = Math.max(maxLimit(), 2);
  // No more than one call gives, so that what is behind the record comes with it.
  const window = { offset: from, limit: Math.min(limit + 1, mostAtOnce) };
  const search = createSearch(window, mostAtOnce);
  for (let looked: PageWindow | undefined = window; looked !== undefined; looked = search.next()) {
    // Where it is not as expected, what is kept may be older than that.
    const page = yield { ...looked, needsOwnEnd: true, ...(looked !== window && { demands: NEW }) };
    search.note(page);
    const index = indexOf(page, after);
    if (index === undefined) continue;
    const found = pageBehind(page, index, cursor);
    const isWhole = found.records.length === limit || !found.hasNextPage;
    if (isWhole || (index === 0 && looked.limit >= window.limit)) return found;
    const again = yield { ...window, offset: found.offset - 1, needsOwnEnd: true };
    const indexAgain = indexOf(again, after);
    if (indexAgain !== undefined) return pageBehind(again, indexAgain, cursor);
    // It moves while it is read: what is there is right.
    if (found.records.length > 0) return found;
  }
  throw new GatewayError(
    'CURSOR_LOST',
    'The record that `after` names is no longer near where it stood. Read on behind an earlier record, or from `offset` on.',
    { offset: search.begin() },
  );
}

const NEW: FreshnessDemands = { maxAgeMs: 0 };

function indexOf({ records }: WorklistPage, id: string): number | undefined {
  const index = records.findIndex((record) => record.id === id);
  return index < 0 ? undefined : index;
}

/** What is behind the record at `index` of a page. */
function pageBehind(page: WorklistPage, index: number, { limit }: Cursor): WorklistPage {
  const behind = page.records.slice(index + 1);
  // Where records were left out of a page, those behind it still stand where it ends.
  const until =
    page.hasNextPage && page.records.length < page.limit ? endOf(page) : page.offset + page.records.length;
  return {
    ...page,
    offset: until - behind.length,
    limit,
    records: behind.slice(0, limit),
    hasNextPage: page.hasNextPage || behind.length > limit,
  };
}

/** Windows on both sides of one that was looked at, nearer ones first, within a bound and within the list. */
function createSearch({ offset, limit }: PageWindow, mostAtOnce: number) {
  let begin = offset;
  let end = offset + limit;
  let isAtEnd = false;
  let left: number = OPERATION_LIMITS.maxCursorLooks;
  let wasBefore = false;

  return {
    /** The first position that was looked at. */
    begin: () => begin,
    /** Takes note of what a window showed of the list's end. */
    note(page: WorklistPage): void {
      if (endOf(page) >= end && !page.hasNextPage) isAtEnd = true;
    },
    next(): PageWindow | undefined {
      if (left === 0) return undefined;
      left -= 1;
      const looksBefore = begin > 0 && (!wasBefore || isAtEnd);
      wasBefore = looksBefore;
      if (looksBefore) {
        const length = Math.min(begin, mostAtOnce);
        begin -= length;
        return { offset: begin, limit: length };
      }
      if (isAtEnd) return undefined;
      end += mostAtOnce;
      return { offset: end - mostAtOnce, limit: mostAtOnce };
    },
  };
}
