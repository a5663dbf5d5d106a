import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { authenticateAnyone } from './callers/authenticate-anyone.ts';
import { authenticateApiKey } from './callers/authenticate-api-key.ts';
import { authenticateJwt } from './callers/authenticate-jwt.ts';
import type { Authenticate } from './callers/caller.ts';
import { createIssuerKeys } from './callers/issuer-keys.ts';
import { createRateLimiter } from './callers/rate-limiter.ts';
import type { Clock } from './clock.ts';
import type { AccessConfig, CallersConfig } from './config/parse-access.ts';
import type { ApiConfig } from './config/parse-config.ts';
import { GatewayError } from './errors.ts';
import type { Report } from './events.ts';
import { createGraphQL } from './graphql/create-graphql.ts';
import { renderPlayground } from './graphql/graphiql.ts';
import type { RequestContext } from './graphql/request-context.ts';
import { createSender } from './http/create-send.ts';
import { getKeySet } from './http/get-key-set.ts';
import { applyPolicies } from './http/send.ts';
import type { Peer } from './http/transport-failure.ts';
import { withDeadline } from './http/with-deadline.ts';
import { createStreams } from './create-streams.ts';
import { createOperations } from './create-operations.ts';
import { MEMORY_LIMITS, REQUEST_LIMITS, UPSTREAM_LIMITS } from './limits.ts';
import type { Permission } from './permissions.ts';
import type { ProxySettings } from './proxy.ts';
import { createResponseStore } from './responses/response-store.ts';
import type { GatewayContext } from './schema/context.ts';
import { createAdmission } from './server/admission.ts';
import { createOriginCheck, sendPreflight } from './server/cors.ts';
import { asksForPage, GRAPHQL_TYPES } from './server/media-type.ts';
import { createNegotiation } from './server/negotiate.ts';
import { withOverloadGuard, type GuardedPlace } from './server/overload-guard.ts';
import { createPage } from './server/page.ts';
import type { Readiness } from './server/readiness.ts';
import { readBody } from './server/read-body.ts';
import { STREAM_TYPES } from './server/stream-framing.ts';
import { hasShortBody, sendCrash, sendRefusal, type Refusal } from './server/refusal.ts';
import { createCommonHeaders } from './server/response-headers.ts';
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
  readonly contextOf: (context: RequestContext) => GatewayContext;
  /** Has watched pages read that were not for a while. */
  readonly lookAgain: () => void;
  /** See `OperationsOptions`. */
  readonly isFast: boolean;
  /** Bounds the memory for complete responses, besides a bound of their own. */
  readonly maxResponseBytes: number;
  /** The proxies on the way to the callers' issuer. */
  readonly proxies: ProxySettings | undefined;
}

export interface Api {
  readonly handle: RequestListener;
  /** Gives a response the headers that all have, before it is broken off. */
  readonly dress: (request: IncomingMessage, response: ServerResponse) => void;
  /** Ends all streams, and takes no more. */
  endStreams(): void;
  /** Closes every connection to the callers' issuer. */
  close(): Promise<void>;
}

/** GraphQL over HTTP at `/graphql`, with all that a request has to pass on its way, and the health checks. */
export function createApi(options: ApiOptions): Api {
  const { access, api, isSandbox, clock, report, readiness, proxies, isFast, maxResponseBytes } = options;

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
  const common = createCommonHeaders(isAllowedOrigin);
  const graphqlServer = createGraphQL({ ...options, path: GRAPHQL_PATH });
  const streams = createStreams({
    ...api,
    graphql: graphqlServer,
    clock,
    report,
    lookAgain: options.lookAgain,
  });
  const serveOperations = createOperations({
    graphql: graphqlServer,
    streams,
    responses: createResponseStore(Math.min(maxResponseBytes, MEMORY_LIMITS.maxResponseBytes)),
    common,
    isPublic: access.callers.kind === 'none',
    isFast,
  });
  const negotiate = createNegotiation();

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

  function refuse(refusal: Refusal, request: IncomingMessage, response: ServerResponse): void {
    const { status, error } = refusal;
    report({ type: 'request.refused', status, error, address: requesterOf(request).address });
    dress(request, response);
    sendRefusal(refusal, request, response);
  }

  /** Answers a request, or gives why it is refused. */
  async function graphql(
    request: IncomingMessage,
    response: ServerResponse,
    place: GuardedPlace,
  ): Promise<Refusal | undefined> {
    const requester = requesterOf(request);
    const unfit = refusalOf(request, requester);
    if (unfit !== undefined) return unfit;
    if (request.method === 'OPTIONS') {
      dress(request, response);
      sendPreflight(request, response);
      return undefined;
    }
    // Nobody has to say who they are for the playground, which executes nothing.
    if (isForPlayground(request)) {
      const refusal = refuseVisitor(requester.address);
      if (refusal !== undefined) return refusal;
      dress(request, response);
      await servePlayground(request, response);
      return undefined;
    }
    const { mediaType, framing } = negotiate(request.headers.accept);
    if (mediaType === undefined && framing === undefined) return NOT_ACCEPTABLE;
    const isPost = request.method === 'POST';
    const reading = isPost
      ? readBody(request, { maxBytes: REQUEST_LIMITS.maxBodyBytes, onPiece: place.onPiece })
      : undefined;
    const admission = await admit(request, requester.address);
    // Meanwhile it had to make room, or broke off.
    if (response.headersSent) return undefined;
    if ('refusal' in admission) return admission.refusal;
    const read = await reading;
    if (response.headersSent) return undefined;
    if (read !== undefined && 'problem' in read) return read.problem === 'too large' ? TOO_LARGE : undefined;
    if (!isPost && !hasShortBody(request)) response.setHeader('connection', 'close');
    return serveOperations(request, response, {
      ...admission,
      mediaType,
      framing,
      body: read?.text,
      onStream: place.leave,
    });
  }

  async function serve(
    request: IncomingMessage,
    response: ServerResponse,
    place: GuardedPlace,
  ): Promise<void> {
    try {
      const refusal = await graphql(request, response, place);
      if (refusal !== undefined) refuse(refusal, request, response);
    } catch (error) {
      const errorId = randomUUID();
      report({ type: 'operation.crashed', errorId, error });
      dress(request, response);
      sendCrash(errorId, request, response);
    }
  }

  const guardedBy = (maxRequests: number) =>
    withOverloadGuard((...each) => void serve(...each), { maxRequests, refuse });
  const operations = guardedBy(api.maxRequests);
  // Whoever is slow to read a page takes no operation's place.
  const pages = guardedBy(REQUEST_LIMITS.maxPageReaders);
  const route = createRouter(
    (request, response) => (isForPlayground(request) ? pages : operations)(request, response),
    { readiness, common },
  );

  function dress(request: IncomingMessage, response: ServerResponse): void {
    common.set(request, response, 'Accept, Accept-Encoding, Origin');
  }

  return {
    handle(request, response) {
      normalizeTarget(request);
      route(request, response);
    },
    dress,
    endStreams: streams.close,
    close: () => issuer.close(),
  };
}

const ISSUER: Peer = { name: 'The issuer', settings: 'GATEWAY_JWT_JWKS_URL' };

const NOT_ACCEPTABLE: Refusal = {
  status: 406,
  error: new GatewayError(
    'BAD_REQUEST',
    `Accept must allow ${GRAPHQL_TYPES.join(' or ')}, or name a stream: ${STREAM_TYPES.join(' or ')}.`,
  ),
};

const TOO_LARGE: Refusal = {
  status: 413,
  error: new GatewayError(
    'REQUEST_ENTITY_TOO_LARGE',
    `The body of a request may have at most ${REQUEST_LIMITS.maxBodyBytes} bytes.`,
  ),
};
