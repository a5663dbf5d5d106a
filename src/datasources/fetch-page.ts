import type { Clock } from '../clock.ts';
import { cachingOf, type Caching } from '../http/cache-control.ts';
import { getJson } from '../http/get-json.ts';
import type { Send } from '../http/send.ts';
import type { PageWindow } from './page-window.ts';
import type { WirePage, WorklistAdapter } from './wire/worklist-adapter.ts';

/** What one call to the upstream gave. */
export type FetchedPage =
  | {
      readonly page: WirePage;
      readonly caching: Caching;
      /** The size of its body on the wire. */
      readonly bodyBytes: number;
    }
  /** The page that was known is still right; what is said about keeping it, if anything is. */
  | { readonly page: undefined; readonly caching: Caching | undefined };

export interface FetchPageRequest {
  readonly asked: PageWindow;
  /** Of the page that is known already. */
  readonly etag?: string | undefined;
  readonly signal: AbortSignal;
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

/** For `GET /api/records/worklist?offset=&limit=` (docs.gospeech.com, authorizing-your-first-request). */
export function createFetchPage({ send, apiUrl, adapter, clock }: FetchPageOptions): FetchPage {
  return async ({ asked, signal }) => {
    const url = new URL('records/worklist', apiUrl);
    url.searchParams.set('offset', String(asked.offset));
    url.searchParams.set('limit', String(asked.limit));
    const answer = await getJson(send, url, { signal, now: clock.now });
    return { page: adapter(answer, asked), caching: cachingOf(answer.headers), bodyBytes: answer.bodyBytes };
  };
}
