import type { RequestListener } from 'node:http';
import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';
import { sendRefusal } from './refusal.ts';

const OVERLOADED = {
  status: 503,
  error: new GatewayError('OVERLOADED', 'The gateway has too many requests at once.', {
    retryAfterMs: 1_000,
  }),
};

/**
 * At most `maxRequests` that `listener` has not answered yet; 503 with `Retry-After` beyond, before anything of the
 * request is read (RFC 9110, section 15.6.4).
 */
export function withOverloadGuard(
  listener: RequestListener,
  { maxRequests, report }: { readonly maxRequests: number; readonly report: Report },
): RequestListener {
  let inFlight = 0;
  let isRefusing = false;
  return (request, response) => {
    inFlight += 1;
    response.once('close', () => {
      inFlight -= 1;
    });
    const wasRefusing = isRefusing;
    isRefusing = inFlight > maxRequests;
    if (!isRefusing) return listener(request, response);
    // Once for a run of them: to write a line for each would add to the load.
    if (!wasRefusing) report({ type: 'request.refused', ...OVERLOADED });
    sendRefusal(OVERLOADED, request, response);
  };
}
