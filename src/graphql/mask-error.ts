import { randomUUID } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { clientErrorExtensions, type ClientErrorExtensions } from '../client-error.ts';
import { GatewayError, RETRYABLE_BY_CODE, type GatewayErrorCode } from '../errors.ts';
import type { Hide } from './operation-events.ts';
import { isAboutDocument, requestError } from './request-error.ts';

/**
 * Where a failure of an operation becomes what a client reads. A foreseen failure keeps its message and gets its
 * `code`, `retryable` and `retryAfterMs`; a mistake in the document keeps the words of GraphQL, which found it;
 * what yoga refuses is said in the gateway's words; anything else is a bug, of which the client sees only the
 * id that is also in the log. What is behind an error is given to `hide`, for the events.
 */
export function createMaskError(hide: Hide): (error: unknown) => GraphQLError {
  return (error) => {
    const located = error instanceof GraphQLError ? error : undefined;
    const cause = located?.originalError ?? error;
    if (cause instanceof GatewayError) {
      const { message, code, retryAfterMs, offset } = cause;
      const shown =
        located?.path === undefined
          ? requestError(code, message, { located, retryAfterMs })
          : fieldError(message, clientErrorExtensions(code, { retryAfterMs, offset }), located);
      return hide(shown, { error: cause });
    }
    // Errors without a path are about the request. With one, they come from a resolver or quote its result.
    if (located !== undefined && located.path === undefined && cause instanceof GraphQLError) {
      const code = codeOf(located) ?? 'BAD_REQUEST';
      // That there are more wrong variables is about no one place.
      const isGraphQL = isAboutDocument(located) || code === 'BAD_USER_INPUT';
      return requestError(code, isGraphQL ? located.message : refusalOf(located), { located });
    }
    // The client went away, so nobody reads this.
    if (cause instanceof Error && cause.name === 'AbortError') {
      return fieldError('The request was aborted.', clientErrorExtensions('ABORTED'), located);
    }

    const errorId = randomUUID();
    const message = `The gateway failed. Its log has more under ${errorId}.`;
    const code = 'INTERNAL_SERVER_ERROR';
    const shown =
      located?.path === undefined
        ? requestError(code, message, { errorId })
        : fieldError(message, clientErrorExtensions(code, { errorId }), located);
    return hide(shown, { error: cause, errorId });
  };
}

/** What yoga refuses by itself, in the gateway's words. */
function refusalOf({ extensions: { http } }: GraphQLError): string {
  if (http?.status === 405) return 'A GET runs queries only: another operation needs a POST.';
  return 'The request is none of GraphQL over HTTP.';
}

function codeOf({ extensions: { code } }: GraphQLError): GatewayErrorCode | undefined {
  return typeof code === 'string' && isKnown(code) ? code : undefined;
}

function isKnown(code: string): code is GatewayErrorCode {
  return Object.hasOwn(RETRYABLE_BY_CODE, code);
}

function fieldError(
  message: string,
  extensions: ClientErrorExtensions,
  located: GraphQLError | undefined,
): GraphQLError {
  return new GraphQLError(message, {
    nodes: located?.nodes ?? null,
    path: located?.path ?? null,
    extensions: { ...extensions },
  });
}
