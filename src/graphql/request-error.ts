import { GraphQLError } from 'graphql';
import { clientErrorExtensions } from '../client-error.ts';
import type { GatewayErrorCode } from '../errors.ts';

/** How GraphQL over HTTP answers, as yoga reads it. With `spec`, 200 where the media type is `application/json`. */
type HttpExtension = NonNullable<GraphQLError['extensions']['http']>;

export interface RequestErrorOptions {
  /** Where in the document it is, and what is to be kept of how HTTP answers it. */
  readonly located?: GraphQLError | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly errorId?: string | undefined;
}

/** An error about a request as a whole, which was not executed: it has a status, and no path. */
export function requestError(
  code: GatewayErrorCode,
  message: string,
  { located, ...more }: RequestErrorOptions = {},
): GraphQLError {
  return new GraphQLError(message, {
    nodes: located?.nodes ?? null,
    source: located?.source ?? null,
    positions: located?.positions ?? null,
    extensions: {
      ...clientErrorExtensions(code, more),
      http: located?.extensions.http ?? httpOf(code),
    },
  });
}

/** Whether GraphQL itself wrote the message, about a place in the document. */
export function isAboutDocument({ nodes, source }: GraphQLError): boolean {
  return nodes !== undefined || source !== undefined;
}

/** No GraphQL request at all, or none that was dealt with: whatever the media type. */
const STATUS: Partial<Record<GatewayErrorCode, number>> = {
  BAD_REQUEST: 400,
  OPERATION_RESOLUTION_FAILURE: 400,
  REQUEST_ENTITY_TOO_LARGE: 413,
  INTERNAL_SERVER_ERROR: 500,
};

function httpOf(code: GatewayErrorCode): HttpExtension {
  const status = STATUS[code];
  return status === undefined ? { spec: true, status: 400 } : { status };
}
