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
  return (request, response) => {
    inFlight += 1;
    response.once('close', () => {
      inFlight -= 1;
    });
    if (inFlight <= maxRequests) return listener(request, response);
    report({ type: 'request.refused', ...OVERLOADED });
    sendRefusal(OVERLOADED, request.headers.accept, response);
  };
}
