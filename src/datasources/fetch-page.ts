import type { Clock } from '../clock.ts';
import { cachingOf, type Caching } from '../http/cache-control.ts';
import { getJson } from '../http/get-json.ts';
import type { Send } from '../http/send.ts';
import type { PageWindow } from './page-window.ts';
import type { WirePage, WorklistAdapter } from './wire/worklist-adapter.ts';

/** What one call to the upstream gave. */
export interface FetchedPage extends WirePage {
  readonly caching: Caching;
}

export interface FetchPageRequest {
  readonly asked: PageWindow;
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** On the monotonic clock: when nobody waits for it any more. */
  readonly deadlineAtMs: number;
}

/** Calls the upstream once. Throws what `getJson` throws, and the adapter's `UPSTREAM_BAD_RESPONSE`. */
export type FetchPage = (request: FetchPageRequest) => Promise<FetchedPage>;

export interface FetchPageOptions {
  /** Signed with the service token, and bounded in time. */
  readonly send: Send;
  /** Ends with `/`. */
  readonly apiUrl: URL;
  readonly adapter: WorklistAdapter;
  readonly clock: Clock;
}

const ROUTE = 'records/worklist';

/** For `GET /api/records/worklist?offset=&limit=` (docs.gospeech.com, authorizing-your-first-request). */
export function createFetchPage({ send, apiUrl, adapter, clock }: FetchPageOptions): FetchPage {
  return async ({ asked, signal, deadlineAtMs }) => {
    const request = { ...worklistRequest(apiUrl, asked), signal, deadlineAtMs };
    const response = await getJson(send, { ...request, now: clock.now });
    return { ...adapter(response, asked), caching: cachingOf(response.headers) };
  };
}

/** The request for a page, unsigned. `apiUrl` ends with `/`. */
export function worklistRequest(apiUrl: URL, { offset, limit }: PageWindow) {
  const url = new URL(ROUTE, apiUrl);
  url.searchParams.set('offset', String(offset));
  url.searchParams.set('limit', String(limit));
  return { route: ROUTE, url };
}
