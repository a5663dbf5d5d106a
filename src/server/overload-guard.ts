import type { RequestListener } from 'node:http';
import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';
import { sendRefusal } from './refusal.ts';
import { sentBytes } from './sent-bytes.ts';

/**
 * What all requests in flight may have sent, together. JSON takes some twenty times as much once it is parsed, and stays
 * until its request is answered.
 */
const MAX_BYTES = 8 * 1_024 * 1_024;

const OVERLOADED = {
  status: 503,
  error: new GatewayError('OVERLOADED', 'The gateway has too many requests at once.', {
    retryAfterMs: 1_000,
  }),
};

/**
 * At most `maxRequests` that `listener` has not answered yet, and 8 MiB of what they sent; 503 with `Retry-After` beyond,
 * before anything of the request is read (RFC 9110, section 15.6.4).
 */
export function withOverloadGuard(
  listener: RequestListener,
  options: { readonly maxRequests: number; readonly maxBodyBytes: number; readonly report: Report },
): RequestListener {
  const { maxRequests, maxBodyBytes, report } = options;
  let inFlight = 0;
  let inFlightBytes = 0;
  return (request, response) => {
    const bytes = sentBytes(request, maxBodyBytes);
    inFlight += 1;
    inFlightBytes += bytes;
    response.once('close', () => {
      inFlight -= 1;
      inFlightBytes -= bytes;
    });
    if (inFlight <= maxRequests && inFlightBytes <= MAX_BYTES) return listener(request, response);
    report({ type: 'request.refused', ...OVERLOADED });
    sendRefusal(OVERLOADED, request, response);
  };
}
