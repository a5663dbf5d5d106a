import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';
import { demandedWindow } from './demanded-window.ts';
import { cutPage, knownEndOf, type FetchedWindow } from './fetched-window.ts';
import { createGatheredFetch } from './gathered-fetch.ts';
import type { FetchPart } from './merged-fetch.ts';
import { containsWindow, mergeWindows, type PageWindow, type WantedWindow } from './page-window.ts';
import { mayServeStaleFor } from './stale-if-error.ts';
import { createSingleFlight } from './single-flight.ts';
import { createWait, type Wait } from './wait.ts';
import type { WindowFetcher } from './window-fetcher.ts';
import { createWindowFlights } from './window-flights.ts';
import type { FoundWindow, WindowStore } from './window-store.ts';
import type { WorklistPage } from './worklist-page.ts';

/** Pages of the worklist, fetched at most once for all who ask at the same time, and kept for a while. */
export interface PageReader {
  /**
   * The pages `windows` of one operation, in their order, each with a promise of its own. Those that have to be fetched
   * are merged into few calls, all within one deadline and a bound on calls. A stale page is given while it is fetched
   * again behind the caller, and where that fails; what a window demands goes before that. Each rejects with what its fetch throws; failures are never kept.
   * When the signal of the wait is aborted, only this caller leaves, with the signal's reason. For the wait is asked only
   * where something is waited for.
   */
  read(windows: readonly WantedWindow[], waitOf: () => Wait): readonly Promise<WorklistPage>[];
  /** How one operation waits, from now on, for all that it reads. */
  createWait(signal?: AbortSignal): Wait;
  /** Where a record stands, by the newest that is kept and known to be no different since. */
  placeOf(id: string): number | undefined;
  /** The most records that one call gives, as far as is known. */
  maxLimit(): number;
}

export interface PageReaderOptions {
  readonly store: WindowStore;
  readonly fetcher: WindowFetcher;
  readonly clock: Clock;
  readonly report: Report;
  /** The deadline over all that one operation waits for. */
  readonly timeoutMs: number;
  /** The usual length of a window. */
  readonly maxPageSize: number;
  /** The most calls at once, and the most that wait beyond them. */
  readonly maxRunning: number;
  readonly maxWaiting: number;
  /** Calls back soon, after whoever asks at the same time has been heard. */
  readonly soon: (callback: () => void) => void;
}

/** After a failed revalidation, the window is not fetched again for this long. */
const REVALIDATION_PAUSE_MS = 1_000;

/** A window that is served, and whether it is so though it should be newer. */
interface Served {
  readonly value: FetchedWindow;
  readonly stale: boolean;
}

export function createPageReader(options: PageReaderOptions): PageReader {
  const { store, fetcher, clock, report, timeoutMs, maxPageSize, maxRunning, maxWaiting, soon } = options;
  const flights = createSingleFlight<PageWindow, FetchedWindow>({
    async fetch(window, signal, bounds) {
      const fetched = await fetcher.fetch(window, signal, bounds);
      store.keep(fetched);
      return fetched;
    },
    flights: createWindowFlights(maxPageSize),
    clock,
  });

  const gatheredFetch = createGatheredFetch({
    flights,
    clock,
    maxLimit: fetcher.maxLimit,
    maxRunning,
    maxWaiting,
    soon,
    report,
  });

  /** What is kept of a window, in the state that it has for who wants it. */
  function find(window: WantedWindow): FoundWindow | undefined {
    const found = store.find(window);
    const { demands } = window;
    return found && demands ? demandedWindow(found, demands, clock.monotonicMs()) : found;
  }

  /** How each of `windows` is served. A stale one is waited for only where another's call brings it along. */
  function serve(windows: readonly WantedWindow[], wait: Wait): ReadonlyMap<WantedWindow, Promise<Served>> {
    const kept = new Map(windows.map((window) => [window, find(window)]));
    const needed = windows.filter(
      (window) => kept.get(window)?.state !== 'fresh' && window.demands?.onlyIfCached !== true,
    );
    const fetchPart = new Map<PageWindow, FetchPart>();
    for (const merged of mergeWindows(needed, fetcher.maxLimit())) {
      const { parts } = merged;
      if (parts.every((part) => servesAtOnce(kept.get(part)))) continue;
      const call = parts.length === 1 ? { ...wholeOf(kept.get(parts[0]), parts[0]), parts } : merged;
      const fetch = gatheredFetch(call, wait);
      for (const part of parts) fetchPart.set(part, fetch);
    }
    return new Map(
      windows.map((window) => [window, serveOne(window, wait, kept.get(window), fetchPart.get(window))]),
    );
  }

  async function serveOne(
    window: WantedWindow,
    wait: Wait,
    kept: FoundWindow | undefined,
    fetchPart: FetchPart | undefined,
  ): Promise<Served> {
    const { onlyIfCached = false } = window.demands ?? {};
    if (onlyIfCached && !servesAtOnce(kept)) throw notCached();
    if (kept !== undefined && fetchPart === undefined) {
      if (kept.state !== 'fresh' && !onlyIfCached) revalidateBehind(kept, window);
      return { value: kept.value, stale: kept.state !== 'fresh' };
    }
    try {
      const fetching = fetchPart === undefined ? flights.fetch(window, wait) : fetchPart(window);
      const value = await revalidated(window, kept, fetching);
      // A call that was asked for later may have ended sooner; and another may have told that the list ends here.
      const newest = store.find(window)?.value;
      return { value: newest !== undefined && newest.order >= value.order ? newest : value, stale: false };
    } catch (error) {
      if (kept === undefined || !mayServeStaleFor(error)) throw error;
      return { value: kept.value, stale: true };
    }
  }

  const isPaused = ({ retryAtMs = -Infinity }: FoundWindow) => clock.monotonicMs() < retryAtMs;

  /** Waits for a fetch. A failure gives what is `kept` a pause, a refusal ends it. */
  async function revalidated(
    window: PageWindow,
    kept: FoundWindow | undefined,
    fetching: Promise<FetchedWindow>,
  ): Promise<FetchedWindow> {
    try {
      return await fetching;
    } catch (error) {
      if (kept === undefined || !(error instanceof GatewayError)) throw error;
      if (error.code === 'UPSTREAM_REJECTED') {
        // What only tells where the list ends was not refused.
        if (containsWindow(kept.value.asked, window)) store.forget(kept.value);
      } else if (mayServeStaleFor(error) && !isPaused(kept)) {
        store.pause(kept.value, clock.monotonicMs() + REVALIDATION_PAUSE_MS);
        report({ type: 'revalidation.failed', error, retryInMs: REVALIDATION_PAUSE_MS });
      }
      throw error;
    }
  }

  function revalidateBehind(kept: FoundWindow, window: PageWindow): void {
    const whole = wholeOf(kept, window);
    if (isPaused(kept) || flights.has(whole)) return;
    revalidated(window, kept, flights.fetch(whole, createWait(clock, timeoutMs))).catch(() => {});
  }

  /** Those of an operation's pages once more, together, for which another has shown that the list has changed since. */
  async function renewed(
    serving: ReadonlyMap<WantedWindow, Promise<Served>>,
    wait: Wait,
  ): Promise<ReadonlyMap<WantedWindow, Promise<Served>>> {
    const windows = [...serving.keys()];
    const settled = await Promise.allSettled(serving.values());
    const outdated = windows.filter((_window, index) => {
      const outcome = settled[index];
      return outcome?.status === 'fulfilled' && !outcome.value.stale && store.isOutdated(outcome.value.value);
    });
    return serve(outdated, wait);
  }

  /** A page of no records: what is known of the list, without a call. */
  function emptyPage(window: PageWindow): WorklistPage {
    const known = store.ending();
    const end = known && knownEndOf(known.value);
    return {
      ...window,
      records: [],
      total: known?.value.total ?? null,
      hasNextPage: end === undefined || window.offset < end,
      fetchedAt: known?.value.fetchedAt ?? new Date(clock.now()).toISOString(),
      stale: known !== undefined && known.state !== 'fresh',
      freshForMs: known?.state === 'fresh' ? store.freshness(known.value, window) : never,
    };
  }

  function pageOf(window: PageWindow, { value, stale }: Served): WorklistPage {
    return cutPage(value, window, { stale, freshForMs: stale ? never : store.freshness(value, window) });
  }

  /** All pages, where nothing has to be waited for. */
  function freshPages(windows: readonly WantedWindow[]): readonly WorklistPage[] | undefined {
    const pages: WorklistPage[] = [];
    for (const window of windows) {
      const kept = window.limit > 0 ? find(window) : undefined;
      if (kept?.state === 'fresh') pages.push(pageOf(window, { value: kept.value, stale: false }));
      else if (window.limit === 0) pages.push(emptyPage(window));
      else return undefined;
    }
    return pages;
  }

  return {
    read(windows, waitOf) {
      const fresh = freshPages(windows);
      if (fresh !== undefined) return fresh.map((page) => Promise.resolve(page));
      const wait = waitOf();
      const serving = serve(
        windows.filter(({ limit }) => limit > 0),
        wait,
      );
      const renewing = renewed(serving, wait);
      return windows.map(async (window) => {
        const first = await serving.get(window);
        if (first === undefined) return emptyPage(window);
        const again = (await renewing).get(window)?.catch((error: unknown): Served => {
          if (!mayServeStaleFor(error)) throw error;
          return { ...first, stale: true };
        });
        return pageOf(window, (await again) ?? first);
      });
    },
    createWait: (signal) => createWait(clock, timeoutMs, signal),
    placeOf: store.placeOf,
    maxLimit: fetcher.maxLimit,
  };
}

const never = () => 0;

function notCached(): GatewayError {
  return new GatewayError('NOT_CACHED', 'The page is not kept, and the request forbids to fetch it.');
}

/** A stale page is, while it is fetched again; once that has failed, also one that is older or contradicted. */
function servesAtOnce(kept: FoundWindow | undefined): boolean {
  if (kept === undefined) return false;
  return kept.state === 'fresh' || kept.state === 'stale' || kept.retryAtMs !== undefined;
}

/** The window as it was fetched, so that all who share it go on sharing it. */
function wholeOf(kept: FoundWindow | undefined, window: PageWindow): PageWindow {
  return kept !== undefined && containsWindow(kept.value.asked, window) ? kept.value.asked : window;
}
