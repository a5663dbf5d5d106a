import type { IncomingMessage } from 'node:http';
import type { Authenticate, Caller } from '../callers/caller.ts';
import type { RateLimiter } from '../callers/rate-limiter.ts';
import { GatewayError } from '../errors.ts';
import type { Refusal } from './refusal.ts';

export interface AdmissionOptions {
  readonly authenticate: Authenticate;
  readonly limit: RateLimiter;
}

/** Whoever may call, as often as they may; others get 401 with `WWW-Authenticate`, or 429. */
export type Admission = (
  request: IncomingMessage,
) => Promise<{ readonly caller: Caller } | { readonly refusal: Refusal }>;

const REALM = 'Bearer realm="gospeech-graphql-gateway"';

export function createAdmission({ authenticate, limit }: AdmissionOptions): Admission {
  return async ({ headers, socket }) => {
    const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
    const apiKey = headers['x-api-key']?.toString();
    let caller: Caller;
    try {
      caller = await authenticate({ bearer, apiKey });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      if (error.code !== 'UNAUTHENTICATED') return { refusal: { status: 503, error } };
      const isInvalid = bearer !== undefined || apiKey !== undefined;
      // RFC 6750, section 3: no error code for a request that brought no credentials.
      const challenge = isInvalid ? `${REALM}, error="invalid_token"` : REALM;
      return { refusal: { status: 401, error, headers: { 'www-authenticate': challenge } } };
    }
    const address = socket.remoteAddress ?? '';
    const waitMs = limit(caller.name === undefined ? `address ${address}` : `caller ${caller.name}`);
    if (waitMs === undefined) return { caller };
    const error = new GatewayError(
      'RATE_LIMITED',
      'You send more requests than this gateway takes from one caller.',
      { retryAfterMs: waitMs },
    );
    return { refusal: { status: 429, error } };
  };
}
