import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';
import { strictest, type Caching } from '../http/cache-control.ts';
import type { FetchPage } from './fetch-page.ts';
import type { FetchedWindow } from './fetched-window.ts';
import type { PageWindow } from './page-window.ts';
import type { WorklistRecord } from './wire/worklist-adapter.ts';

/**
 * Fetches a window whole, with as few calls as the upstream allows; where `known` is that window as fetched
 * before, only if it has changed since. Throws what `fetchPage` throws, and `UPSTREAM_BAD_RESPONSE` where pages
 * that follow each other keep repeating records.
 */
export type FetchWindow = (
  window: PageWindow,
  signal: AbortSignal,
  known?: FetchedWindow,
) => Promise<FetchedWindow>;

export interface FetchWindowOptions {
  readonly fetchPage: FetchPage;
  readonly clock: Clock;
  readonly report: Report;
  /** The most records asked for in one call. */
  readonly maxPageSize: number;
}

export function createFetchWindow({
  fetchPage,
  clock,
  report,
  maxPageSize,
}: FetchWindowOptions): FetchWindow {
  /** The most records the upstream was seen to give at once: asking for more would only give that many. */
  let cap = maxPageSize;

  function rememberCap(length: number): void {
    if (length >= cap) return;
    cap = length;
    report({ type: 'upstream.limit_capped', limit: cap });
  }

  async function collect(window: PageWindow, signal: AbortSignal, known?: FetchedWindow): Promise<Collected> {
    const fetchedAtMs = clock.now();
    const askedAtMs = clock.monotonicMs();
    const records: WorklistRecord[] = [];
    const ids = new Set<string>();
    let total: number | null = null;
    let moved: Moved = 'no';
    let reachesEnd = false;
    let bodyBytes = 0;
    const caching: Caching[] = [];
    let shortPageLength: number | undefined;

    while (records.length < window.limit && !reachesEnd) {
      const offset = window.offset + records.length;
      const limit = Math.min(window.limit - records.length, cap);
      // An ETag stands for the window only where that was, and is again, a single call.
      const same = known?.asked.offset === offset && known.asked.limit === limit ? known : undefined;
      const answer = await fetchPage({ asked: { offset, limit }, etag: same?.caching.etag, signal });
      if (answer.page === undefined) {
        if (same === undefined) throw new TypeError('Unchanged, but since when?');
        const fetched = { ...same, fetchedAtMs, askedAtMs, caching: answer.caching ?? same.caching };
        return { fetched, moved };
      }
      const { page } = answer;
      const received = page.records.slice(0, limit);
      const position = offset + received.length;
      bodyBytes += answer.bodyBytes;
      caching.push(answer.caching);

      // Records behind a short page: the upstream gives fewer than asked, and the list goes on.
      if (received.length > 0 && shortPageLength !== undefined) rememberCap(shortPageLength);
      shortPageLength = received.length < limit ? received.length : undefined;

      if (received.some(({ id }) => ids.has(id))) moved = 'repeats';
      else if (moved === 'no' && differ(page.total, total)) moved = 'total';
      for (const { id } of received) ids.add(id);
      records.push(...received);

      total = page.total ?? total;
      if (received.length > 0 && total !== null && total < position) total = null;
      reachesEnd = received.length === 0 || position === total;
      // The list was seen to end before the total that was claimed.
      if (reachesEnd && total !== null && total > position) total = null;
    }
    const fetched = {
      asked: window,
      offset: window.offset,
      limit: records.length,
      records,
      total: moved === 'no' ? total : null,
      reachesEnd,
      fetchedAtMs,
      askedAtMs,
      bodyBytes,
      caching: strictest(caching),
    };
    return { fetched, moved };
  }

  return async (window, signal, known) => {
    const first = await collect(window, signal, known);
    if (first.moved === 'no') return first.fetched;
    // The list changed between two calls, so a record may be missing or doubled: once more, from the start.
    report({ type: 'worklist.moved' });
    const second = await collect(window, signal);
    if (second.moved !== 'repeats') return second.fetched;
    throw new GatewayError(
      'UPSTREAM_BAD_RESPONSE',
      "GoSpeech's pages repeat each other's records, so the worklist cannot be put together.",
      { hint: 'Either the list changes faster than it can be read, or the upstream ignores `offset`.' },
    );
  };
}

/** How pages fetched one after the other disagree: by records that come twice, or by the total they claim. */
type Moved = 'no' | 'repeats' | 'total';

interface Collected {
  readonly fetched: FetchedWindow;
  readonly moved: Moved;
}

function differ(total: number | null, earlier: number | null): boolean {
  return total !== null && earlier !== null && total !== earlier;
}
