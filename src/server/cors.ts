import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopbackHost } from '../loopback.ts';
import { METHODS } from './request-guard.ts';

/** Whether pages of an origin may use the gateway: those listed, or those of this machine's own servers. */
export function createOriginCheck(allowed: readonly string[] | 'loopback'): (origin: string) => boolean {
  return allowed === 'loopback' ? isLoopbackOrigin : (origin) => allowed.includes(origin);
}

function isLoopbackOrigin(origin: string): boolean {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  return url?.origin === origin && /^https?:$/.test(url.protocol) && isLoopbackHost(url.hostname);
}

const PREFLIGHT_MAX_AGE_S = 600;

/** Lets a page of an allowed origin read whatever its request is answered, without its cookies. On every response. */
export function allowOrigin(
  { headers: { origin } }: IncomingMessage,
  response: ServerResponse,
  isAllowedOrigin: (origin: string) => boolean,
): void {
  // Also where no origin is named: a cache that keeps this response may not give it to a page of one.
  response.setHeader('vary', 'Origin');
  if (origin === undefined || !isAllowedOrigin(origin)) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'retry-after, www-authenticate');
}

/** Answers `OPTIONS`: the question of a browser what pages of an allowed origin may send. */
export function sendPreflight({ headers }: IncomingMessage, response: ServerResponse): void {
  const asked = headers['access-control-request-headers'];
  response.setHeader('allow', METHODS.join(', '));
  response.setHeader('vary', 'Origin, Access-Control-Request-Headers');
  if (response.hasHeader('access-control-allow-origin')) {
    response.setHeader('access-control-allow-methods', 'GET, POST');
    response.setHeader('access-control-max-age', PREFLIGHT_MAX_AGE_S);
    if (asked !== undefined) response.setHeader('access-control-allow-headers', asked);
  }
  response.writeHead(204).end();
}
