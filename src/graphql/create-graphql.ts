import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../callers/caller.ts';
import type { ApiConfig } from '../config/parse-config.ts';
import type { Report } from '../events.ts';
import type { GatewayContext } from '../schema/context.ts';
import { DEFAULT_LIMIT, pageArgumentRules } from '../schema/page-arguments.ts';
import { schema } from '../schema/schema.ts';
import type { RequestContext } from './request-context.ts';
import { createPlayground, graphiqlOptions } from './graphiql.ts';
import { createMaskError } from './mask-error.ts';
import { createOperationEvents } from './operation-events.ts';
import { useAnswerLifetime } from './use-answer-lifetime.ts';
import { useArgumentErrors } from './use-argument-errors.ts';
import { useDocumentLimits } from './use-document-limits.ts';
import { useIntrospectionGuard } from './use-introspection-guard.ts';
import { useAutomaticPersistedQueries, useDocumentAllowList } from './use-persisted-documents.ts';
import { useReferenceExecutor } from './use-reference-executor.ts';

export interface GraphQLOptions {
  readonly path: string;
  readonly api: ApiConfig;
  /** The largest `limit` a client may ask for. */
  readonly maxPageSize: number;
  /** Whether answers may be kept by caches that many share. */
  readonly isPublic: boolean;
  readonly report: Report;
  readonly contextOf: (request: Request, caller: Caller) => GatewayContext;
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

/** GraphQL over HTTP: yoga, and what a document has to pass before it is executed. */
export function createGraphQL(options: GraphQLOptions): YogaServerInstance<RequestContext, GatewayContext> {
  const { path, api, maxPageSize, isPublic, report, contextOf } = options;
  const playground = createPlayground();
  const operationEvents = createOperationEvents(report);

  return createYoga<RequestContext, GatewayContext>({
    schema,
    context: ({ request, caller }) => contextOf(request, caller),
    maskedErrors: { maskError: createMaskError(operationEvents.hide) },
    plugins: [
      operationEvents.plugin,
      api.documents === undefined ? useAutomaticPersistedQueries() : useDocumentAllowList(api.documents),
      useDocumentLimits({ defaultLimit: DEFAULT_LIMIT, maxPageSize }),
      useIntrospectionGuard({ isOn: api.introspection }),
      useArgumentErrors(pageArgumentRules(maxPageSize)),
      useReferenceExecutor,
      useAnswerLifetime(isPublic),
      playground.plugin,
    ],
    graphqlEndpoint: path,
    // The router has its own; yoga's would also answer to a parameter that ends so. No URL ends in a space.
    healthCheckEndpoint: ' ',
    graphiql: api.graphiql && graphiqlOptions,
    renderGraphiQL: playground.render,
    cors: false,
    batching: api.batchLimit > 0 && { limit: api.batchLimit },
    maxRequestBodySize: MAX_BODY_BYTES,
    parserAndValidationCache: { documentCache: cacheByText(), errorCache: cacheByText() },
    landingPage: false,
    multipart: false,
    logging: false,
  });
}
