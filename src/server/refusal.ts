import type { ServerResponse } from 'node:http';
import { clientErrorExtensions } from '../client-error.ts';
import type { GatewayError } from '../errors.ts';

/** A request that is answered before GraphQL has any part in it. */
export interface Refusal {
  readonly status: number;
  readonly error: GatewayError;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Answers a refused request: a GraphQL response without data, in the media type that it accepts. Ends the connection,
 * since the request's body is not read.
 */
export function sendRefusal(
  refusal: Refusal,
  accept: string | null | undefined,
  response: ServerResponse,
): void {
  const { headers, body } = written(refusal, accept);
  response.writeHead(refusal.status, { ...headers, connection: 'close' }).end(body);
}

function written({ error, headers }: Refusal, accept: string | null | undefined) {
  const mediaType = accept?.includes('application/graphql-response+json')
    ? 'application/graphql-response+json'
    : 'application/json';
  const { message, code, retryAfterMs } = error;
  const extensions = clientErrorExtensions(code, { retryAfterMs });
  return {
    body: JSON.stringify({ errors: [{ message, extensions }] }),
    headers: {
      'content-type': `${mediaType}; charset=utf-8`,
      ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) }),
      ...headers,
    },
  };
}
