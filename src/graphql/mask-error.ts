import { randomUUID } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { MaskError } from 'graphql-yoga';
import { GatewayError } from '../errors.ts';
import type { Hide } from './operation-events.ts';

/**
 * The one place where a failure becomes what a client reads. A foreseen failure keeps its message and gets its
 * `code`, `retryable` and `retryAfterMs`; a mistake in the request, which GraphQL itself found, stays as it
 * is; anything else is a bug, of which the client sees only the id that is also in the log. What is behind an error is
 * given to `hide`, for the events.
 */
export function createMaskError(hide: Hide): MaskError {
  return (error) => {
    const located = error instanceof GraphQLError ? error : undefined;
    const cause = located?.originalError ?? error;
    if (cause instanceof GatewayError) {
      const { message, code, retryable, retryAfterMs } = cause;
      const extensions = { code, retryable, ...(retryAfterMs !== undefined && { retryAfterMs }) };
      return hide(clientError(message, extensions, located), { error: cause });
    }
    // Errors without a path are about the request. With one, they come from a resolver or quote its result.
    if (located !== undefined && located.path === undefined && cause instanceof GraphQLError) {
      return located.extensions['code'] === undefined ? badRequest(located.message, located) : located;
    }
    // Where yoga parses a request's JSON, before there is a document. The parser's message quotes it.
    if (located === undefined && cause instanceof SyntaxError) {
      return badRequest('The request holds something else where it needs JSON.', undefined);
    }
    // The client went away, so nobody reads this.
    if (cause instanceof Error && cause.name === 'AbortError') {
      return clientError('The request was aborted.', { code: 'ABORTED', retryable: true }, located);
    }

    const errorId = randomUUID();
    const extensions = { code: 'INTERNAL_SERVER_ERROR', retryable: false, errorId };
    const message = `The gateway failed. Its log has more under ${errorId}.`;
    return hide(clientError(message, extensions, located), { error: cause, errorId });
  };
}

function badRequest(message: string, located: GraphQLError | undefined): GraphQLError {
  const extensions = { code: 'BAD_REQUEST', retryable: false, http: { spec: true, status: 400 } };
  return clientError(message, extensions, located);
}

function clientError(
  message: string,
  extensions: Readonly<Record<string, unknown>>,
  located: GraphQLError | undefined,
): GraphQLError {
  return new GraphQLError(message, {
    nodes: located?.nodes ?? null,
    path: located?.path ?? null,
    extensions,
  });
}
