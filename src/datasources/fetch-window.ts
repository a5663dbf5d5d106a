import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';
import type { FetchedWindow } from './fetched-window.ts';
import type { PageWindow } from './page-window.ts';
import type { WirePage, WorklistRecord } from './worklist-adapter.ts';

/** One call to the upstream: the page, and the size of its body. */
export type FetchPage = (
  asked: PageWindow,
  signal: AbortSignal,
) => Promise<WirePage & { readonly bodyBytes: number }>;

/**
 * Fetches a window whole, with as few calls as the upstream allows. Throws what `fetchPage` throws, and
 * `UPSTREAM_BAD_RESPONSE` where pages that follow each other keep repeating records.
 */
export type FetchWindow = (window: PageWindow, signal: AbortSignal) => Promise<FetchedWindow>;

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

  async function collect(window: PageWindow, signal: AbortSignal): Promise<Collected> {
    const fetchedAtMs = clock.now();
    const askedAtMs = clock.monotonicMs();
    const records: WorklistRecord[] = [];
    const ids = new Set<string>();
    let total: number | null = null;
    let moved: Moved = 'no';
    let reachesEnd = false;
    let bodyBytes = 0;
    let shortPageLength: number | undefined;

    while (records.length < window.limit && !reachesEnd) {
      const offset = window.offset + records.length;
      const limit = Math.min(window.limit - records.length, cap);
      const page = await fetchPage({ offset, limit }, signal);
      const received = page.records.slice(0, limit);
      const position = offset + received.length;
      bodyBytes += page.bodyBytes;

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
      offset: window.offset,
      limit: records.length,
      records,
      total: moved === 'no' ? total : null,
      reachesEnd,
      fetchedAtMs,
      askedAtMs,
      bodyBytes,
    };
    return { fetched, moved };
  }

  return async (window, signal) => {
    const first = await collect(window, signal);
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
