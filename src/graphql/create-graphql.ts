import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { Caller } from '../callers/caller.ts';
import type { ApiConfig } from '../config/parse-config.ts';
import type { Report } from '../events.ts';
import { REQUEST_LIMITS } from '../limits.ts';
import type { GatewayContext } from '../schema/context.ts';
import { pageArgumentRules } from '../schema/page-arguments.ts';
import { schema } from '../schema/schema.ts';
import type { RequestContext } from './request-context.ts';
import { createMaskError } from './mask-error.ts';
import { createOperationEvents } from './operation-events.ts';
import { useResponseLifetime } from './use-response-lifetime.ts';
import { useArgumentErrors } from './use-argument-errors.ts';
import { useDocumentCache } from './use-document-cache.ts';
import { useDocumentLimits } from './use-document-limits.ts';
import { useIntrospectionGuard } from './use-introspection-guard.ts';
import { useAutomaticPersistedQueries, useDocumentAllowList } from './use-persisted-documents.ts';
import { useReferenceEngine } from './use-reference-engine.ts';
import { useRequestParameters } from './use-request-parameters.ts';

export interface GraphQLOptions {
  readonly path: string;
  readonly api: ApiConfig;
  /** The largest `limit` a client may ask for. */
  readonly maxPageSize: number;
  /** Whether responses may be kept by caches that many share. */
  readonly isPublic: boolean;
  readonly report: Report;
  readonly contextOf: (request: Request, caller: Caller) => GatewayContext;
}

/** GraphQL over HTTP: yoga, and what a document has to pass before it is executed. */
export function createGraphQL(options: GraphQLOptions): YogaServerInstance<RequestContext, GatewayContext> {
  const { path, api, maxPageSize, isPublic, report, contextOf } = options;
  const operationEvents = createOperationEvents(report);

  return createYoga<RequestContext, GatewayContext>({
    schema,
    context: ({ request, caller }) => contextOf(request, caller),
    maskedErrors: { maskError: createMaskError(operationEvents.hide), isDev: false },
    plugins: [
      operationEvents.plugin,
      api.documents === undefined ? useAutomaticPersistedQueries() : useDocumentAllowList(api.documents),
      useRequestParameters({ batchLimit: api.batchLimit }),
      useDocumentCache(),
      useDocumentLimits({ schema, maxPageSize }),
      useIntrospectionGuard({ isOn: api.introspection }),
      useArgumentErrors(pageArgumentRules(maxPageSize)),
      useReferenceEngine({ hideSuggestions: !api.introspection }),
      useResponseLifetime(isPublic),
    ],
    graphqlEndpoint: path,
    // The router has its own; yoga's would also answer to a parameter that ends so. No URL ends in a space.
    healthCheckEndpoint: ' ',
    graphiql: false,
    cors: false,
    batching: api.batchLimit > 0 && { limit: api.batchLimit },
    maxRequestBodySize: REQUEST_LIMITS.maxBodyBytes,
    // It counts documents, not what they take, and remembers errors with their stacks.
    parserAndValidationCache: false,
    landingPage: false,
    multipart: false,
    logging: false,
  });
}
