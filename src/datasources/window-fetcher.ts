import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';
import { strictest } from '../http/cache-control.ts';
import type { FetchPage } from './fetch-page.ts';
import type { FetchedWindow } from './fetched-window.ts';
import { joinPages, onlyPage, type CollectedPage, type JoinedPages } from './join-pages.ts';
import { createPageLengths } from './page-lengths.ts';
import { isSameWindow, type PageWindow } from './page-window.ts';
import type { CallBounds } from './wait.ts';

export interface WindowFetcher {
  /**
   * Fetches a window whole, with as few calls as the upstream allows. Throws what `fetchPage` and `countCall` throw,
   * and `UPSTREAM_BAD_RESPONSE` where pages that follow each other keep repeating records.
   */
  fetch(window: PageWindow, signal: AbortSignal, bounds: CallBounds): Promise<FetchedWindow>;
  /** The most records that one call gives, as far as is known. */
  maxLimit(): number;
}

export interface WindowFetcherOptions {
  readonly fetchPage: FetchPage;
  readonly clock: Clock;
  readonly report: Report;
  /** The most records asked for in one call. */
  readonly maxPageSize: number;
}

export function createWindowFetcher(options: WindowFetcherOptions): WindowFetcher {
  const { fetchPage, clock, report, maxPageSize } = options;
  const lengths = createPageLengths({ clock, report, maxPageSize });
  let readings = 0;
  /** What the list began with when it was last read from its start. */
  let head: readonly string[] = [];

  function newReading(): Reading {
    readings += 1;
    const askedAt = {
      fetchedAt: new Date(clock.now()).toISOString(),
      askedAtMs: clock.monotonicMs(),
      order: readings,
    };
    return { askedAt, pages: [], joined: { kind: 'contradiction' } };
  }

  /** Throws where a window in the middle begins as the list does, and the list still does so: `offset` is ignored. */
  async function checkOffset(
    { asked, records }: FetchedWindow,
    signal: AbortSignal,
    { deadlineAtMs, countCall }: CallBounds,
  ): Promise<void> {
    const begin = records.slice(0, HEAD_LENGTH).map(({ id }) => id);
    if (asked.offset === 0) head = begin;
    else if (begin.length > 1 && begin.every((id, index) => id === head[index])) {
      countCall();
      const first = await fetchPage({ asked: { offset: 0, limit: HEAD_LENGTH }, signal, deadlineAtMs });
      if (begin.every((id, index) => id === first.records[index]?.id)) throw repeating();
    }
  }

  async function fetch(window: PageWindow, signal: AbortSignal, bounds: CallBounds): Promise<FetchedWindow> {
    const fetched = await fetchWhole(window, signal, bounds);
    await checkOffset(fetched, signal, bounds);
    return fetched;
  }

  async function fetchWhole(
    window: PageWindow,
    signal: AbortSignal,
    { deadlineAtMs, countCall }: CallBounds,
  ): Promise<FetchedWindow> {
    /** Reads pages, going on from those of `reading`, until they are the whole window or contradict each other. */
    async function read(reading: Reading, isLenient = false): Promise<Reading> {
      const { maxLimit, leavesOut } = lengths;
      const join = { maxLimit: maxLimit(), leavesOut: leavesOut(), isLenient };
      const pages = [...reading.pages];
      let joined = joinPages(window, pages, join);
      while (joined.kind === 'incomplete') {
        const asked = joined.next;
        signal.throwIfAborted();
        countCall();
        const page = await fetchPage({ asked, signal, deadlineAtMs });
        pages.push({ ...page, asked, records: page.records.slice(0, asked.limit) });
        joined = joinPages(window, pages, join);
      }
      return { ...reading, pages, joined };
    }

    const first = await read(newReading());
    if (first.joined.kind === 'whole') {
      lengths.learn(first.pages);
      return wholeOf(window, first);
    }
    // The list changed between two calls, so a record may be missing or doubled: once more, from the start.
    report({ type: 'worklist.moved' });
    const second = await read(newReading());
    if (second.joined.kind === 'whole') return wholeOf(window, second);
    const page = areSame(first, second) ? pageWithGaps(window, second.pages) : undefined;
    if (page === undefined) return wholeOf(window, await read(second, true));
    lengths.learnGaps();
    return wholeOf(window, { ...second, joined: onlyPage(page) });
  }

  return { fetch, maxLimit: lengths.maxLimit };
}

/** So many records tell the begin of the list from another place of it. */
const HEAD_LENGTH = 3;

/** The pages of one pass over a window. */
interface Reading {
  readonly askedAt: Pick<FetchedWindow, 'fetchedAt' | 'askedAtMs' | 'order'>;
  readonly pages: readonly CollectedPage[];
  readonly joined: JoinedPages;
}

function wholeOf(asked: PageWindow, { joined, pages, askedAt }: Reading): FetchedWindow {
  if (joined.kind !== 'whole') {
    throw repeating();
  }
  const { records, isDense, total, reachesEnd } = joined;
  return {
    asked,
    records,
    isDense,
    total,
    reachesEnd,
    ...askedAt,
    caching: strictest(pages.map(({ caching }) => caching)),
  };
}

/**
 * The first page of a reading, where it is the whole window, and the next one begins with what it ends with: where that
 * happens twice in the same way, the list stands still, and the upstream counts records that it leaves out. Not where
 * the next page begins as the first one does: such an upstream ignores `offset`.
 */
function pageWithGaps(window: PageWindow, pages: readonly CollectedPage[]): CollectedPage | undefined {
  const [page, next] = pages;
  if (page === undefined || next === undefined || !isSameWindow(page.asked, window)) return undefined;
  const start = page.records.findIndex(({ id }) => id === next.records[0]?.id);
  const tail = page.records.slice(start);
  return start > 0 && tail.every(({ id }, index) => id === next.records[index]?.id) ? page : undefined;
}

function areSame(one: Reading, other: Reading): boolean {
  const idsOf = ({ pages }: Reading) => pages.map(({ records }) => records.map(({ id }) => id));
  return JSON.stringify(idsOf(one)) === JSON.stringify(idsOf(other));
}

function repeating(): GatewayError {
  return new GatewayError(
    'UPSTREAM_BAD_RESPONSE',
    "GoSpeech's pages repeat each other's records, so the worklist cannot be put together.",
    { hint: 'Either the list changes faster than it can be read, or the upstream ignores `offset`.' },
  );
}
