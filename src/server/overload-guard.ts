import type { RequestListener } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';
import { refusalResponse } from './refusal.ts';

export interface OverloadGuard {
  /** Counts the requests that `listener` has not answered yet. */
  counted(listener: RequestListener): RequestListener;
  /** Refuses what is beyond the limit before anything of it is read or executed. */
  readonly plugin: Plugin;
}

const OVERLOADED = {
  status: 503,
  error: new GatewayError('OVERLOADED', 'The gateway has too many requests at once.', {
    retryAfterMs: 1_000,
  }),
};

/** At most `maxRequests` at once; 503 with `Retry-After` beyond (RFC 9110, section 15.6.4). */
export function createOverloadGuard(maxRequests: number, report: Report): OverloadGuard {
  let inFlight = 0;
  let isRefusing = false;
  return {
    counted: (listener) => (request, response) => {
      inFlight += 1;
      response.once('close', () => {
        inFlight -= 1;
      });
      listener(request, response);
    },
    plugin: {
      onRequest({ request, endResponse }) {
        const wasRefusing = isRefusing;
        isRefusing = inFlight > maxRequests;
        if (!isRefusing) return;
        // Once for a run of them: to write a line for each would add to the load.
        if (!wasRefusing) report({ type: 'request.refused', ...OVERLOADED });
        endResponse(refusalResponse(OVERLOADED, request.headers.get('accept')));
      },
    },
  };
}
