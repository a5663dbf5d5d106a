import type { Clock } from '../clock.ts';
import { getJson } from '../http/get-json.ts';
import type { Send } from '../http/send.ts';
import type { FetchPage } from './fetch-window.ts';
import type { WorklistAdapter } from './worklist-adapter.ts';

export interface FetchPageOptions {
  /** Signed with the service token, and bounded in time. */
  readonly send: Send;
  /** Ends with `/`. */
  readonly apiUrl: URL;
  readonly adapter: WorklistAdapter;
  readonly clock: Clock;
}

/**
 * Calls `GET /api/records/worklist?offset=&limit=` (docs.gospeech.com, authorizing-your-first-request). Throws
 * what `getJson` throws, and the adapter's `UPSTREAM_BAD_RESPONSE`.
 */
export function createFetchPage({ send, apiUrl, adapter, clock }: FetchPageOptions): FetchPage {
  return async (asked, signal) => {
    const url = new URL('records/worklist', apiUrl);
    url.searchParams.set('offset', String(asked.offset));
    url.searchParams.set('limit', String(asked.limit));
    const { bodyBytes, ...answer } = await getJson(send, url, { signal, now: clock.now });
    return { ...adapter(answer, asked), bodyBytes };
  };
}
