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
