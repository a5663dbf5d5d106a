import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import type { Authenticate, Caller } from '../auth/caller.ts';
import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { refusalResponse, type Refusal } from './refusal.ts';

export interface Callers {
  /** Lets in who may call, as often as they may. Others get 401 with `WWW-Authenticate`, or 429. */
  readonly plugin: Plugin<object, NodeContext>;
  /** Who sent this request. Throws a `TypeError` for one that was not let in. */
  callerOf(request: Request): Caller;
}

export interface CallersOptions {
  readonly authenticate: Authenticate;
  readonly limit: RateLimiter;
  readonly report: Report;
}

/** What yoga has of a request under node:http. */
interface NodeContext {
  readonly req: IncomingMessage;
}

const REALM = 'Bearer realm="gospeech-graphql-gateway"';

export function createCallers({ authenticate, limit, report }: CallersOptions): Callers {
  const callers = new WeakMap<Request, Caller>();

  async function admit(request: Request, address: string): Promise<Refusal | undefined> {
    const bearer = /^Bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    const apiKey = request.headers.get('x-api-key') ?? undefined;
    let caller: Caller;
    try {
      caller = await authenticate({ bearer, apiKey });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      if (error.code !== 'UNAUTHENTICATED') return { status: 503, error };
      const isInvalid = bearer !== undefined || apiKey !== undefined;
      // RFC 6750, section 3: no error code for a request that brought no credentials.
      const challenge = isInvalid ? `${REALM}, error="invalid_token"` : REALM;
      return { status: 401, error, headers: { 'www-authenticate': challenge } };
    }
    callers.set(request, caller);
    const waitMs = limit(caller.name === undefined ? `address ${address}` : `caller ${caller.name}`);
    if (waitMs === undefined) return undefined;
    const error = new GatewayError(
      'RATE_LIMITED',
      'You send more requests than this gateway takes from one caller.',
      {
        retryAfterMs: waitMs,
      },
    );
    return { status: 429, error };
  }

  return {
    plugin: {
      async onRequest({ request, serverContext, endResponse }) {
        const refusal = await admit(request, serverContext.req.socket.remoteAddress ?? '');
        if (refusal === undefined) return;
        report({ type: 'request.refused', status: refusal.status, error: refusal.error });
        endResponse(refusalResponse(refusal, request.headers.get('accept')));
      },
    },
    callerOf(request) {
      const caller = callers.get(request);
      if (caller === undefined) throw new TypeError('A request was not let in, and yet it is executed.');
      return caller;
    },
  };
}
