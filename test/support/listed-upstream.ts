import { createFetchWindow, type FetchPage } from '../../src/datasources/fetch-window.ts';
import { createPageCache, type PageCache } from '../../src/datasources/page-cache.ts';
import type { PageWindow } from '../../src/datasources/page-window.ts';
import { createWorklistAdapter } from '../../src/datasources/worklist-adapter.ts';
import type { GatewayEvent } from '../../src/events.ts';
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
  readonly maxBytes?: number;
  /** Takes the place of the answer where it gives one. */
  readonly intercept?: (asked: PageWindow, signal: AbortSignal) => ReturnType<FetchPage> | undefined;
}

export interface ListedUpstream {
  readonly pages: PageCache;
  readonly clock: ManualClock;
  readonly events: readonly GatewayEvent[];
  /** What it was asked for, oldest first. */
  readonly calls: PageWindow[];
  /** The ids of the list that stand in `window`. */
  slice(window: PageWindow): string[];
}

/** A page cache over an upstream that holds the ids `'0'`, `'1'`, … and keeps to no more than it must. */
export function createListedUpstream(options: ListedUpstreamOptions): ListedUpstream {
  const {
    length,
    cap = Infinity,
    total,
    maxPageSize = 100,
    ttlMs = 5_000,
    maxBytes = 1e9,
    intercept,
  } = options;
  const clock = createManualClock();
  const events: GatewayEvent[] = [];
  const calls: PageWindow[] = [];
  const ids = Array.from({ length }, (_, index) => String(index));
  const slice = ({ offset, limit }: PageWindow) => ids.slice(offset, offset + limit);
  const adapter = createWorklistAdapter({ shape: ASSUMED_SHAPE, onUnexpectedType: () => {} });

  const fetchPage: FetchPage = async (asked, signal) => {
    calls.push(asked);
    const instead = intercept?.(asked, signal);
    if (instead !== undefined) return instead;
    const records = slice({ offset: asked.offset, limit: Math.min(asked.limit, cap) }).map((id) => ({ id }));
    const body = {
      records,
      total: total?.({ position: asked.offset + records.length, length: records.length }),
    };
    return { ...adapter({ body, headers: {} }, asked), bodyBytes: 1_000 };
  };
  const pages = createPageCache({
    fetchWindow: createFetchWindow({ fetchPage, clock, report: (event) => events.push(event), maxPageSize }),
    clock,
    lifetimes: { ttlMs, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 },
    maxBytes,
    maxPageSize,
  });
  return { pages, clock, events, calls, slice };
}
