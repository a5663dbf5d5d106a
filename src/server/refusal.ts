import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientErrorExtensions } from '../client-error.ts';
import type { GatewayError } from '../errors.ts';
import { REQUEST_LIMITS } from '../limits.ts';
import { chooseType, GRAPHQL_TYPES } from './media-type.ts';

/** A request that is answered before GraphQL has any part in it. */
export interface Refusal {
  readonly status: number;
  readonly error: GatewayError;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Answers a refused request: a GraphQL response without data, in the media type that it accepts. Its body is not
 * looked at; the connection ends where that may be long.
 */
export function sendRefusal(refusal: Refusal, request: IncomingMessage, response: ServerResponse): void {
  const { message, code, retryAfterMs } = refusal.error;
  const extensions = clientErrorExtensions(code, { retryAfterMs });
  if (retryAfterMs !== undefined) response.setHeader('retry-after', Math.ceil(retryAfterMs / 1_000));
  for (const [name, value] of Object.entries(refusal.headers ?? {})) response.setHeader(name, value);
  sendError(refusal.status, { message, extensions }, request, response);
}

/** Answers a request whose handling failed: a bug, of which the client sees the id under which the log has it. */
export function sendCrash(errorId: string, request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) return void response.destroy();
  const extensions = clientErrorExtensions('INTERNAL_SERVER_ERROR', { errorId });
  response.setHeader('cache-control', 'no-store');
  sendError(
    500,
    { message: `The gateway failed. Its log has more under ${errorId}.`, extensions },
    request,
    response,
  );
}

function sendError(status: number, error: object, request: IncomingMessage, response: ServerResponse): void {
  const mediaType = chooseType(request.headers.accept, GRAPHQL_TYPES) ?? 'application/json';
  const body = Buffer.from(JSON.stringify({ errors: [error] }));
  response.setHeader('content-type', `${mediaType}; charset=utf-8`);
  response.setHeader('content-length', body.length);
  if (!hasShortBody(request)) response.setHeader('connection', 'close');
  response.writeHead(status).end(body);
}

/** Whether a request has no body, or one that costs nothing to read to its end. */
export function hasShortBody({ headers, complete }: IncomingMessage): boolean {
  if (complete) return true;
  return (
    headers['transfer-encoding'] === undefined &&
    Number(headers['content-length'] ?? 0) <= REQUEST_LIMITS.maxUnreadBytes
  );
}
