import { OperationTypeNode, type ExecutionResult } from 'graphql';
import { createYoga, isAsyncIterable, mapAsyncIterator, processRegularResult } from 'graphql-yoga';
import type { Clock } from '../clock.ts';
import type { ApiConfig } from '../config/parse-config.ts';
import type { Report } from '../events.ts';
import type { GatewayContext } from '../schema/context.ts';
import { pageArgumentRules } from '../schema/page-arguments.ts';
import { schema } from '../schema/schema.ts';
import { createCoerceInput } from './coerce-input.ts';
import { createCompiledOperations } from './compiled-operations.ts';
import { findAllowed, findPersisted } from './find-document.ts';
import { findOperation } from './find-operation.ts';
import { createMaskError } from './mask-error.ts';
import { createOperationEvents } from './operation-events.ts';
import type { RequestContext } from './request-context.ts';
import { checkedParameters, type OperationParameters } from './request-parameters.ts';
import { useArgumentErrors } from './use-argument-errors.ts';
import { useDocumentCache } from './use-document-cache.ts';
import { createDocumentLimits } from './use-document-limits.ts';
import { useErrorLifetime } from './use-error-lifetime.ts';
import { useIntrospectionGuard } from './use-introspection-guard.ts';
import { useReferenceEngine } from './use-reference-engine.ts';
import { useStreamGuard } from './use-stream-guard.ts';
import { useRequestParameters } from './use-request-parameters.ts';

export interface GraphQLOptions {
  readonly path: string;
  readonly api: ApiConfig;
  /** The largest `limit` a client may ask for. */
  readonly maxPageSize: number;
  readonly report: Report;
  readonly clock: Clock;
  readonly contextOf: (context: RequestContext) => GatewayContext;
  /** Whether operations that come again are compiled. */
  readonly isFast: boolean;
}

/** A result as HTTP sends it. */
export interface RenderedResult {
  readonly status: number;
  /** By lower-case names; not the length, which is that of what is sent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request that was let in, whose body has been read. */
export interface ReadRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly target: string;
  /** In which it is answered. */
  readonly mediaType: string;
  /** JSON, as far as one knows. */
  readonly body: string | undefined;
}

export interface GraphQLServer {
  /** Runs one operation, by the parameters that were sent, not yet checked. Never rejects. */
  operate(sent: unknown, context: RequestContext): Promise<ExecutionResult>;
  /**
   * Begins a subscription, by the parameters that were sent, not yet checked: its results, or why there are none. Gives
   * `undefined` for an operation of another kind. Never rejects.
   */
  subscribe(sent: unknown, context: RequestContext): Promise<Subscribed | undefined>;
  /** What `operate` gave, as yoga would answer a request that accepts `mediaType`. */
  render(result: ExecutionResult, mediaType: string): Promise<RenderedResult>;
  /** Answers a whole request of GraphQL over HTTP, of whatever kind. */
  fetch(request: ReadRequest, context: RequestContext): Promise<RenderedResult>;
}

/** The results of a subscription, one after the other, or the errors that kept it from beginning. */
export type Subscribed = AsyncIterableIterator<ExecutionResult> | ExecutionResult;

/**
 * GraphQL, with all that a document has to pass before it is executed. yoga's plugins check, execute and mask for both
 * ways in: `fetch`, which is yoga's HTTP handler, and `operate`, which spares the objects that one makes.
 */
export function createGraphQL(options: GraphQLOptions): GraphQLServer {
  const { path, api, maxPageSize, report, contextOf, clock, isFast } = options;
  const events = createOperationEvents(report);
  const maskError = createMaskError(events.hide);
  const findDocument = api.documents === undefined ? findPersisted() : findAllowed(api.documents);
  const prepare = (sent: unknown) => checkedParameters(findDocument(sent));

  const hideSuggestions = !api.introspection;
  const coerceInput = createCoerceInput({ hideSuggestions });
  const limits = createDocumentLimits({ schema, maxPageSize });
  const { isHarmless } = limits;
  const compiled = isFast ? createCompiledOperations({ schema, clock, isHarmless }) : undefined;

  const yoga = createYoga<RequestContext & Made, GatewayContext>({
    schema,
    context: (context) => context.made ?? contextOf(context),
    maskedErrors: { maskError, isDev: false },
    plugins: [
      events.plugin,
      useRequestParameters({ batchLimit: api.batchLimit, prepare }),
      useDocumentCache(),
      limits.plugin,
      useStreamGuard(),
      useIntrospectionGuard({ isOn: api.introspection }),
      useArgumentErrors(pageArgumentRules(maxPageSize)),
      useReferenceEngine({
        hideSuggestions,
        coerceInput,
        onOperation: ({ document, operationName }) =>
          compiled?.see(document, findOperation(document, operationName), operationName ?? undefined),
      }),
      useErrorLifetime(),
    ],
    graphqlEndpoint: path,
    // The router has its own; yoga's would also answer to a parameter that ends so. No URL ends in a space.
    healthCheckEndpoint: ' ',
    graphiql: false,
    cors: false,
    batching: api.batchLimit > 0 && { limit: api.batchLimit },
    // Whoever hands over a request has read its body, and bounded it.
    maxRequestBodySize: false,
    // It counts documents, not what they take, and remembers errors with their stacks.
    parserAndValidationCache: false,
    landingPage: false,
    multipart: false,
    logging: false,
  });

  /**
   * Runs it where it was compiled, and nothing goes wrong: `undefined` in all other cases. Of what was compiled is known
   * that it passes all checks of documents, whoever sends it; its fields check what the caller may do.
   */
  async function runCompiled(
    { query, operationName, variables }: OperationParameters,
    contextValue: GatewayContext,
  ): Promise<ExecutionResult | undefined> {
    const operation = compiled?.find(query, operationName);
    if (operation === undefined) return undefined;
    const { document, run } = operation;
    const input = coerceInput({ schema, document, variableValues: variables, operationName });
    if ('errors' in input) return undefined;
    try {
      const result = await run(contextValue, input.coerced);
      return result.errors === undefined ? result : undefined;
    } catch {
      // A bug of what was compiled: graphql-js runs it, and tells what is wrong.
      return undefined;
    }
  }

  /** Passes all plugins. What fields fetched for `made` is not fetched again. */
  async function enveloped(params: OperationParameters, context: RequestContext, made: GatewayContext) {
    const { query, variables, operationName } = params;
    const engine = yoga.getEnveloped(Object.assign(context, { made, params }));
    const { schema: servedSchema } = engine;
    const document = engine.parse(query);
    const errors = engine.validate(servedSchema, document);
    const args = async () => ({
      schema: servedSchema,
      document,
      contextValue: await engine.contextFactory(),
      variableValues: variables,
      operationName,
    });
    return {
      kind: findOperation(document, operationName).operation,
      execute: async () => (errors.length > 0 ? { errors } : engine.execute(await args())),
      subscribe: async () => (errors.length > 0 ? { errors } : engine.subscribe(await args())),
    };
  }

  async function operate(sent: unknown, context: RequestContext): Promise<ExecutionResult> {
    const params = prepare(sent);
    const made = contextOf(context);
    return (await runCompiled(params, made)) ?? (await enveloped(params, context, made)).execute();
  }

  async function subscribe(sent: unknown, context: RequestContext): Promise<Subscribed | undefined> {
    const params = prepare(sent);
    const operation = await enveloped(params, context, contextOf(context));
    if (operation.kind !== OperationTypeNode.SUBSCRIPTION) return undefined;
    const results: Subscribed = await operation.subscribe();
    if (!isAsyncIterable(results)) return results;
    return mapAsyncIterator(results, (result) => {
      events.tell(result, context);
      return result;
    });
  }

  return {
    async operate(sent, context) {
      events.note(context, sent);
      const result = await operate(sent, context).catch((error: unknown) => ({
        errors: [maskError(error)],
      }));
      events.tell(result, context);
      if (result.errors !== undefined) context.lifetime.endWith(() => 0);
      return result;
    },

    async subscribe(sent, context) {
      events.note(context, sent);
      const results = await subscribe(sent, context).catch((error: unknown) => ({
        errors: [maskError(error)],
      }));
      if (results !== undefined && !isAsyncIterable(results)) events.tell(results, context);
      return results;
    },

    async render(result, mediaType) {
      const contentType = `${mediaType}; charset=utf-8`;
      if (result.errors === undefined && result.extensions === undefined) {
        return { status: 200, headers: { 'content-type': contentType }, body: JSON.stringify(result) };
      }
      return rendered(processRegularResult(result, yoga.fetchAPI, mediaType));
    },

    async fetch({ method, target, mediaType, body }, context) {
      const request = new yoga.fetchAPI.Request(`http://localhost${target}`, {
        method,
        headers: { accept: mediaType, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body }),
        signal: context.signalOf(),
      });
      return rendered(await yoga.fetch(request, context));
    },
  };
}

async function rendered(response: Response): Promise<RenderedResult> {
  const named = [...response.headers].map(([name, value]) => [name.toLowerCase(), value] as const);
  const { 'content-length': _, ...headers } = Object.fromEntries(named);
  return { status: response.status, headers, body: await response.text() };
}

/** What fields may reach, where it was made before. */
interface Made {
  readonly made?: GatewayContext;
}
