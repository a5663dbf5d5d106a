import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createYoga } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { authenticateAnyone } from '../auth/authenticate-anyone.ts';
import { authenticateApiKey } from '../auth/authenticate-api-key.ts';
import { authenticateJwt } from '../auth/authenticate-jwt.ts';
import type { Authenticate, Caller } from '../auth/caller.ts';
import type { Clock } from '../clock.ts';
import type { AccessConfig, CallersConfig } from '../config/parse-access.ts';
import type { ApiConfig } from '../config/parse-config.ts';
import type { Report } from '../events.ts';
import type { Permission } from '../permissions.ts';
import type { GatewayContext } from '../schema/context.ts';
import { DEFAULT_LIMIT, pageArgumentRules } from '../schema/page-arguments.ts';
import { schema } from '../schema/schema.ts';
import { createCors, createOriginCheck } from './cors.ts';
import { createPlayground, graphiqlOptions } from './graphiql.ts';
import { createMaskError } from './mask-error.ts';
import { createOverloadGuard } from './overload-guard.ts';
import { createRateLimiter } from './rate-limiter.ts';
import type { Readiness } from './readiness.ts';
import { sendRefusal } from './refusal.ts';
import { createRequestGuard } from './request-guard.ts';
import { createRouter, GRAPHQL_PATH } from './router.ts';
import { useArgumentErrors } from './use-argument-errors.ts';
import { useAnswerLifetime } from './use-answer-lifetime.ts';
import { createCallers } from './use-callers.ts';
import { useDocumentLimits } from './use-document-limits.ts';
import { useIntrospectionGuard } from './use-introspection-guard.ts';
import { useAutomaticPersistedQueries, useDocumentAllowList } from './use-persisted-documents.ts';
import { useReferenceExecutor } from './use-reference-executor.ts';

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
}

/** What yoga has of a request under node:http. */
interface NodeContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/** The largest body of a request that is read. */
const MAX_BODY_BYTES = 100_000;

/** What is remembered of parsed documents, by their text. */
const MAX_REMEMBERED_CHARACTERS = 4 * 1_024 * 1_024;

function cacheByText<Value extends object>(): LRUCache<string, Value> {
  return new LRUCache({
    maxSize: MAX_REMEMBERED_CHARACTERS,
    sizeCalculation: (_value, text) => text.length + 1,
  });
}

/** GraphQL over HTTP at `/graphql`, with all that a request has to pass on its way, and the health checks. */
export function createApi(options: ApiOptions): RequestListener {
  const { access, api, maxPageSize, isSandbox, clock, report, readiness, contextOf } = options;

  const isAllowedOrigin = createOriginCheck(access.corsOrigins);
  const refusalOf = createRequestGuard({ hosts: access.hosts, isAllowedOrigin, hasPlayground: api.graphiql });
  const overload = createOverloadGuard(api.maxRequests, report);
  const callers = createCallers({
    authenticate: authenticateAs(access.callers, isSandbox),
    limit: createRateLimiter({ clock, ...access.rate }),
    report,
  });
  const playground = createPlayground();

  const yoga = createYoga<NodeContext, GatewayContext>({
    schema,
    context: ({ request }) => contextOf(request, callers.callerOf(request)),
    maskedErrors: { maskError: createMaskError(report) },
    plugins: [
      overload.plugin,
      callers.plugin,
      api.documents === undefined ? useAutomaticPersistedQueries() : useDocumentAllowList(api.documents),
      useDocumentLimits({ defaultLimit: DEFAULT_LIMIT, maxPageSize }),
      useIntrospectionGuard({ isOn: api.introspection, callerOf: callers.callerOf }),
      useArgumentErrors(pageArgumentRules(maxPageSize)),
      useReferenceExecutor,
      useAnswerLifetime(access.callers.kind === 'none'),
      playground.plugin,
    ],
    graphqlEndpoint: GRAPHQL_PATH,
    // The router has its own; yoga's would also answer to a parameter that ends so. No URL ends in a space.
    healthCheckEndpoint: ' ',
    graphiql: api.graphiql && graphiqlOptions,
    renderGraphiQL: playground.render,
    cors: createCors(isAllowedOrigin),
    batching: api.batchLimit > 0 && { limit: api.batchLimit },
    maxRequestBodySize: MAX_BODY_BYTES,
    parserAndValidationCache: { documentCache: cacheByText(), errorCache: cacheByText() },
    landingPage: false,
    multipart: false,
    logging: false,
  });

  const graphql = overload.counted((request, response) => {
    const refusal = refusalOf(request);
    if (refusal !== undefined) {
      report({ type: 'request.refused', status: refusal.status, error: refusal.error });
      return sendRefusal(refusal, request.headers.accept, response);
    }
    // The guard has read the media type as RFC 9110 writes it; yoga knows it in this spelling only.
    if (request.method === 'POST') request.headers['content-type'] = 'application/json';
    void yoga(request, response);
  });
  return createRouter(graphql, readiness);
}

function authenticateAs(callers: CallersConfig, isSandbox: boolean): Authenticate {
  if (callers.kind === 'api-key') return authenticateApiKey(callers.keys);
  if (callers.kind === 'jwt') return authenticateJwt(callers);
  const permissions: Permission[] = ['worklist:read', 'token:read'];
  return authenticateAnyone(isSandbox ? [...permissions, 'token:reveal'] : permissions);
}
