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
  const enough = Math.ceil((window.limit - 1) / 2);

  let page = yield { ...window, needsOwnEnd: true };
  const search = createSearch(window, mostAtOnce, page);
  for (;;) {
    const found = pageBehind(page, cursor);
    if (found !== undefined) {
      // After a move of a few places there are a few less, which is no reason for another call.
      if (found.records.length >= enough || !found.hasNextPage) return found;
      const again = yield { ...window, offset: found.offset - 1, needsOwnEnd: true };
      const foundAgain = pageBehind(again, cursor);
      if (foundAgain !== undefined) return foundAgain;
      // It moves while it is read: what is there is right.
      if (found.records.length > 0) return found;
    }
    const next = search.next(page);
    if (next === undefined) break;
    // Where it is not as expected, what is kept may be older than that.
    page = yield { ...next, needsOwnEnd: true, demands: NEW };
  }
  throw new GatewayError(
    'CURSOR_LOST',
    'The record that `after` names is no longer near where it stood. Read on behind an earlier record; else from `offset` on.',
    { offset: search.begin() },
  );
}

const NEW: FreshnessDemands = { maxAgeMs: 0 };

/** What a page has behind the record, if it has that. */
function pageBehind(page: WorklistPage, { after, limit }: Cursor): WorklistPage | undefined {
  const index = page.records.findIndex(({ id }) => id === after);
  if (index < 0) return undefined;
  const behind = page.records.slice(index + 1);
  // Where records were left out of a page, those behind it still stand where it ends.
  const isShort = page.hasNextPage && page.records.length < page.limit;
  const until = isShort ? endOf(page) : page.offset + page.records.length;
  return {
    ...page,
    offset: until - behind.length,
    limit,
    records: behind.slice(0, limit),
    hasNextPage: page.hasNextPage || behind.length > limit,
  };
}

/** Windows before and behind the first one, in turn, within a bound and within the list. */
function createSearch(first: PageWindow, mostAtOnce: number, firstPage: WorklistPage) {
  /** What was looked at so far. */
  // From the list's end on, where the caller thought it longer.
  let begin = Math.min(first.offset, firstPage.total ?? first.offset);
  let end = endOf(first);
  let endsHere = !firstPage.hasNextPage;
  let left: number = OPERATION_LIMITS.maxCursorLooks;
  let wasBefore = false;
  let sawRecords = firstPage.records.length > 0;
  // So that what is behind a record at the end of a window comes with it.
  const overlap = Math.min(first.limit, Math.floor(mostAtOnce / 2));

  return {
    /** The first position that was looked at; 0 where all of them are behind the list's end. */
    begin: () => (sawRecords ? begin : 0),
    /** The next window, after the page of the last one. */
    next(page: WorklistPage): PageWindow | undefined {
      sawRecords ||= page.records.length > 0;
      endsHere ||= endOf(page) >= end && !page.hasNextPage;
      if (left === 0) return undefined;
      left -= 1;
      const looksBefore = begin > 0 && (!wasBefore || endsHere);
      wasBefore = looksBefore;
      if (looksBefore) {
        const until = begin + overlap;
        begin = Math.max(0, until - mostAtOnce);
        return { offset: begin, limit: until - begin };
      }
      if (endsHere) return undefined;
      const offset = end;
      end += mostAtOnce;
      return { offset, limit: mostAtOnce };
    },
  };
}
