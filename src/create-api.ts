import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { authenticateAnyone } from './callers/authenticate-anyone.ts';
import { authenticateApiKey } from './callers/authenticate-api-key.ts';
import { authenticateJwt } from './callers/authenticate-jwt.ts';
import type { Authenticate, Caller } from './callers/caller.ts';
import { createIssuerKeys } from './callers/issuer-keys.ts';
import { createRateLimiter } from './callers/rate-limiter.ts';
import type { Clock } from './clock.ts';
import type { AccessConfig, CallersConfig } from './config/parse-access.ts';
import type { ApiConfig } from './config/parse-config.ts';
import { GatewayError } from './errors.ts';
import type { Report } from './events.ts';
import { createGraphQL } from './graphql/create-graphql.ts';
import { renderPlayground } from './graphql/graphiql.ts';
import { createSender } from './http/create-send.ts';
import { getKeySet } from './http/get-key-set.ts';
import { applyPolicies } from './http/send.ts';
import type { Peer } from './http/transport-failure.ts';
import { withDeadline } from './http/with-deadline.ts';
import { REQUEST_LIMITS, UPSTREAM_LIMITS } from './limits.ts';
import type { Permission } from './permissions.ts';
import type { ProxySettings } from './proxy.ts';
import type { GatewayContext } from './schema/context.ts';
import { createAdmission } from './server/admission.ts';
import { allowOrigin, sendPreflight, createOriginCheck } from './server/cors.ts';
import { asksForPage, chooseType, GRAPHQL_TYPES } from './server/media-type.ts';
import { withOverloadGuard } from './server/overload-guard.ts';
import { createPage } from './server/page.ts';
import type { Readiness } from './server/readiness.ts';
import { hasShortBody, sendCrash, sendRefusal, type Refusal } from './server/refusal.ts';
import { createRequestGuard } from './server/request-guard.ts';
import { normalizeTarget } from './server/request-target.ts';
import { createRequesterOf } from './server/requester.ts';
import { createRouter, GRAPHQL_PATH } from './server/router.ts';

export interface ApiOptions {
  readonly access: AccessConfig;
  readonly api: ApiConfig;
  /** The largest `limit` a client may ask for. */
  readonly maxPageSize: number;
  /** Whether the upstream is the sandbox, whose token opens nothing. */
  readonly isSandbox: boolean;
  readonly clock: Clock;
  readonly report: Report;
  readonly readiness: Readiness;
  readonly contextOf: (request: Request, caller: Caller) => GatewayContext;
  /** The proxies on the way to the callers' issuer. */
  readonly proxies: ProxySettings | undefined;
}

export interface Api {
  readonly handle: RequestListener;
  /** Closes every connection to the callers' issuer. */
  close(): Promise<void>;
}

/** GraphQL over HTTP at `/graphql`, with all that a request has to pass on its way, and the health checks. */
export function createApi(options: ApiOptions): Api {
  const { access, api, maxPageSize, isSandbox, clock, report, readiness, contextOf, proxies } = options;

  const issuer = createSender({
    maxConnections: 1,
    maxBodyBytes: UPSTREAM_LIMITS.maxKeySetBytes,
    proxies,
    peer: ISSUER,
  });
  const sendToIssuer = applyPolicies(
    issuer.send,
    withDeadline({ clock, timeoutMs: UPSTREAM_LIMITS.issuerTimeoutMs }),
  );
  const requesterOf = createRequesterOf(access.trustedProxies);
  const isAllowedOrigin = createOriginCheck(access.corsOrigins);
  const refusalOf = createRequestGuard({
    hosts: access.hosts,
    isAllowedOrigin,
    hasPlayground: api.graphiql,
    maxBodyBytes: REQUEST_LIMITS.maxBodyBytes,
  });
  const { admit, refuseVisitor } = createAdmission({
    authenticate: authenticateAs(access.callers),
    limit: createRateLimiter({ clock, ...access.rate }),
  });
  const servePlayground = createPage(renderPlayground);
  const yoga = createGraphQL({
    path: GRAPHQL_PATH,
    api,
    maxPageSize,
    isPublic: access.callers.kind === 'none',
    report,
    contextOf,
  });

  const isForPlayground = ({ method, headers }: IncomingMessage) =>
    api.graphiql && asksForPage(method, headers.accept);

  function authenticateAs(callers: CallersConfig): Authenticate {
    if (callers.kind === 'api-key') return authenticateApiKey(callers.keys);
    if (callers.kind === 'jwt') {
      const fetchJwks = () => getKeySet(sendToIssuer, callers.jwksUrl);
      return authenticateJwt({ ...callers, keys: createIssuerKeys({ fetchJwks, clock, report }), clock });
    }
    const permissions: Permission[] = ['worklist:read', 'token:read'];
    return authenticateAnyone(isSandbox ? [...permissions, 'token:reveal'] : permissions);
  }

  async function graphql(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requester = requesterOf(request);
    const refuse = (refusal: Refusal) => {
      const { status, error } = refusal;
      report({ type: 'request.refused', status, error, address: requester.address });
      sendRefusal(refusal, request, response);
    };
    const unfit = refusalOf(request, requester);
    if (unfit !== undefined) return refuse(unfit);
    if (request.method === 'OPTIONS') return sendPreflight(request, response);
    // Nobody has to say who they are for the playground, which executes nothing.
    if (isForPlayground(request)) {
      const refusal = refuseVisitor(requester.address);
      return refusal === undefined ? servePlayground(request, response) : refuse(refusal);
    }
    const mediaType = chooseType(request.headers.accept, GRAPHQL_TYPES);
    if (mediaType === undefined) return refuse(NOT_ACCEPTABLE);
    const admission = await admit(request, requester.address);
    // Meanwhile it had to make room, or broke off.
    if (response.headersSent) return;
    if ('refusal' in admission) return refuse(admission.refusal);
    inYogasWords(request, mediaType);
    if (!hasShortBody(request) && request.method === 'GET') response.setHeader('connection', 'close');
    await yoga(request, response, { caller: admission.caller });
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await graphql(request, response);
    } catch (error) {
      const errorId = randomUUID();
      report({ type: 'operation.crashed', errorId, error });
      sendCrash(errorId, request, response);
    }
  }

  const guardedBy = (maxRequests: number) =>
    withOverloadGuard((request, response) => void serve(request, response), { maxRequests, report });
  const operations = guardedBy(api.maxRequests);
  // Whoever is slow to read a page takes no operation's place.
  const pages = guardedBy(REQUEST_LIMITS.maxPageReaders);
  const route = createRouter((request, response) => {
    response.setHeader('vary', 'Accept, Origin');
    (isForPlayground(request) ? pages : operations)(request, response);
  }, readiness);
  return {
    handle(request, response) {
      normalizeTarget(request);
      allowOrigin(request, response, isAllowedOrigin);
      route(request, response);
    },
    close: () => issuer.close(),
  };
}

const ISSUER: Peer = { name: 'The issuer', settings: 'GATEWAY_JWT_JWKS_URL' };

const NOT_ACCEPTABLE: Refusal = {
  status: 406,
  error: new GatewayError('BAD_REQUEST', `Accept must allow ${GRAPHQL_TYPES.join(' or ')}.`),
};

/**
 * What has been read of a request as RFC 9110 writes it, as yoga reads it: it knows no weights, one spelling of JSON's
 * media type, and no HEAD. Node leaves the body out of a response to HEAD by itself.
 */
function inYogasWords(request: IncomingMessage, mediaType: string): void {
  request.headers.accept = mediaType;
  if (request.method === 'POST') request.headers['content-type'] = 'application/json';
  if (request.method === 'HEAD') request.method = 'GET';
}
