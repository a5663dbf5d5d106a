import type { IncomingMessage } from 'node:http';
import type { Authenticate, Caller } from '../callers/caller.ts';
import type { RateLimiter } from '../callers/rate-limiter.ts';
import { GatewayError } from '../errors.ts';
import type { Refusal } from './refusal.ts';

export interface AdmissionOptions {
  readonly authenticate: Authenticate;
  readonly limit: RateLimiter;
}

/** Who was let in. */
export interface Admitted {
  readonly caller: Caller;
  /** Who counts as one caller: an address, where nobody has to say who they are. */
  readonly callerKey: string;
}

export interface Admission {
  /** Whoever may call, as often as they may; others get 401 with `WWW-Authenticate`, or 429. */
  admit(request: IncomingMessage, address: string): Promise<Admitted | { readonly refusal: Refusal }>;
  /** Why an address may not have a page now, for which nobody has to say who they are. */
  refuseVisitor(address: string): Refusal | undefined;
}

const REALM = 'Bearer realm="gospeech-graphql-gateway"';

export function createAdmission({ authenticate, limit }: AdmissionOptions): Admission {
  function tooMany(who: string): Refusal | undefined {
    const waitMs = limit(who);
    if (waitMs === undefined) return undefined;
    const error = new GatewayError(
      'RATE_LIMITED',
      'You send more requests than this gateway takes from one caller.',
      { retryAfterMs: waitMs },
    );
    return { status: 429, error };
  }

  async function admit({ headers }: IncomingMessage, address: string): ReturnType<Admission['admit']> {
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
    const callerKey = caller.name === undefined ? `address ${address}` : `caller ${caller.name}`;
    const refusal = tooMany(callerKey);
    return refusal === undefined ? { caller, callerKey } : { refusal };
  }

  return { admit, refuseVisitor: (address) => tooMany(`address ${address}`) };
}
