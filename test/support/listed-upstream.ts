import type { FetchedPage, FetchPage, FetchPageRequest } from '../../src/datasources/fetch-page.ts';
import { createPageReader, type PageReader } from '../../src/datasources/page-reader.ts';
import type { PageWindow, WantedWindow } from '../../src/datasources/page-window.ts';
import { createWindowFetcher } from '../../src/datasources/window-fetcher.ts';
import { createWindowStore } from '../../src/datasources/window-store.ts';
import { createWorklistAdapter } from '../../src/datasources/wire/worklist-adapter.ts';
import type { WorklistPage } from '../../src/datasources/worklist-page.ts';
import type { WorklistRecord } from '../../src/datasources/worklist-record.ts';
import type { GatewayEvent } from '../../src/events.ts';
import type { Caching } from '../../src/http/cache-control.ts';
import { ASSUMED_SHAPE } from '../../src/worklist-shape.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

export interface ListedUpstreamOptions {
  readonly length: number;
  /** The most records it gives at once, whatever it is asked for. */
  readonly cap?: number;
  /** What it says of the list's length. */
  readonly total?: (page: { readonly position: number; readonly length: number }) => number | undefined;
  readonly maxPageSize?: number;
  readonly ttlMs?: number;
  readonly staleMs?: number;
  readonly staleIfErrorMs?: number;
  readonly maxBytes?: number;
  readonly timeoutMs?: number;
  /** The most calls at once. */
  readonly maxRunning?: number;
  /** What each answer says about keeping it; nothing by default. */
  readonly caching?: Partial<Caching>;
  /** Takes the place of the answer where it gives one. */
  readonly intercept?: (request: FetchPageRequest) => Promise<FetchedPage> | undefined;
}

export interface ListedUpstream {
  readonly pages: {
    /** One page, as an operation of its own. */
    read(window: WantedWindow, signal?: AbortSignal): Promise<WorklistPage>;
  };
  /** The pages of one operation. */
  readAll(windows: readonly PageWindow[]): readonly Promise<WorklistPage>[];
  readonly reader: PageReader;
  readonly clock: ManualClock;
  readonly events: readonly GatewayEvent[];
  /** What it was asked for, oldest first. */
  readonly calls: PageWindow[];
  /** The list's ids, which a test may change. */
  readonly ids: string[];
  /** The ids of the list that stand in `window`. */
  slice(window: PageWindow): string[];
}

/** An answer that says nothing about keeping it. */
export const NO_WORD: Caching = { mayStore: true, maxAgeMs: undefined, mayServeStale: true };

/** A record of which nothing but its identifier is known. */
export function recordOf(id: string): WorklistRecord {
  return {
    id,
    title: null,
    status: null,
    progress: null,
    language: null,
    durationMs: null,
    createdAt: null,
    updatedAt: null,
    fields: { id },
  };
}

/** An answer of records with these ids, and no total. */
export function pageOf(ids: readonly string[], total: number | null = null): FetchedPage {
  return { records: ids.map(recordOf), total, caching: NO_WORD };
}

/** A page reader over an upstream that holds the ids `'0'`, `'1'`, … and keeps to no more than it must. */
export function createListedUpstream(options: ListedUpstreamOptions): ListedUpstream {
  const { length, cap = Infinity, total, maxPageSize = 100, maxBytes = 1e9, caching, intercept } = options;
  const { ttlMs = 5_000, staleMs = 0, staleIfErrorMs = 0, timeoutMs = 5_000, maxRunning = 100 } = options;
  const clock = createManualClock();
  const events: GatewayEvent[] = [];
  const calls: PageWindow[] = [];
  const ids = Array.from({ length }, (_, index) => String(index));
  const slice = ({ offset, limit }: PageWindow) => ids.slice(offset, offset + limit);
  const adapter = createWorklistAdapter({ shape: ASSUMED_SHAPE, onUnexpectedType: () => {} });
  const report = (event: GatewayEvent) => void events.push(event);

  const fetchPage: FetchPage = async (request) => {
    const { asked } = request;
    calls.push(asked);
    const instead = intercept?.(request);
    if (instead !== undefined) return instead;
    const records = slice({ offset: asked.offset, limit: Math.min(asked.limit, cap) }).map((id) => ({ id }));
    const claimed = total?.({ position: asked.offset + records.length, length: records.length });
    const page = adapter({ body: { records, total: claimed }, headers: {} }, asked);
    return { ...page, caching: { ...NO_WORD, ...caching } };
  };
  const reader = createPageReader({
    store: createWindowStore({
      clock,
      lifetimes: { ttlMs, staleWhileRevalidateMs: staleMs, staleIfErrorMs },
      maxBytes,
      maxPageSize,
    }),
    fetcher: createWindowFetcher({ fetchPage, clock, report, maxPageSize }),
    clock,
    report,
    timeoutMs,
    maxPageSize,
    maxRunning,
    maxWaiting: maxRunning * 16,
    soon: queueMicrotask,
  });
  const read = async (window: WantedWindow, signal?: AbortSignal) => {
    const [page] = await Promise.all(reader.read([window], () => reader.createWait(signal)));
    if (page === undefined) throw new TypeError('One window is one page.');
    return page;
  };
  const readAll = (windows: readonly PageWindow[]) => reader.read(windows, () => reader.createWait());
  return { pages: { read }, readAll, reader, clock, events, calls, ids, slice };
}
