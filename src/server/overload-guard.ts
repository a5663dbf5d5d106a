import type { RequestListener } from 'node:http';
import type { Plugin } from 'graphql-yoga';

export interface OverloadGuard {
  /** Counts the requests that `listener` has not answered yet. */
  counted(listener: RequestListener): RequestListener;
  /** Refuses what is beyond the limit before anything of it is read or executed. */
  readonly plugin: Plugin;
}

const RETRY_AFTER_S = 1;

const BODY = JSON.stringify({
  errors: [
    {
      message: 'The gateway has too many requests at once.',
      extensions: { code: 'OVERLOADED', retryable: true, retryAfterMs: RETRY_AFTER_S * 1_000 },
    },
  ],
});

/** At most `maxRequests` at once; 503 with `Retry-After` beyond (RFC 9110, section 15.6.4). */
export function createOverloadGuard(maxRequests: number): OverloadGuard {
  let inFlight = 0;
  return {
    counted: (listener) => (request, response) => {
      inFlight += 1;
      response.once('close', () => {
        inFlight -= 1;
      });
      listener(request, response);
    },
    plugin: {
      onRequest({ request, endResponse, fetchAPI }) {
        if (inFlight <= maxRequests) return;
        const isNewer = request.headers.get('accept')?.includes('application/graphql-response+json') ?? false;
        const mediaType = isNewer ? 'application/graphql-response+json' : 'application/json';
        endResponse(
          new fetchAPI.Response(BODY, {
            status: 503,
            headers: { 'content-type': mediaType, 'retry-after': String(RETRY_AFTER_S) },
          }),
        );
      },
    },
  };
}
