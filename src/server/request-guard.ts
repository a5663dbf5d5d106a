import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../errors.ts';
import type { Refusal } from './refusal.ts';

export interface RequestGuardOptions {
  /** Accepted `Host` headers, in lower case, with a port or for any; `undefined` for all. */
  readonly hosts: readonly string[] | undefined;
  /** Whether pages of this origin may use the gateway. */
  readonly isAllowedOrigin: (origin: string) => boolean;
  /** Whether a page that a browser navigates to can only be the playground, which executes nothing. */
  readonly hasPlayground: boolean;
}

/**
 * Says why a request may not come in, if so. 421: its `Host` is none of ours, as when a web page reaches a local
 * gateway through a name of its own (DNS rebinding). 403: a browser sends it for a page of another origin that
 * is not listed, GET included. 405: another method than GraphQL over HTTP has. 415: its body is no JSON; forms and plain text are what a page can send elsewhere
 * without asking first (CSRF). Tools that are no browser send neither `Sec-Fetch-Site` nor `Origin`, and pass.
 */
export function createRequestGuard(
  options: RequestGuardOptions,
): (request: Pick<IncomingMessage, 'method' | 'headers' | 'headersDistinct'>) => Refusal | undefined {
  const { hosts, isAllowedOrigin, hasPlayground } = options;

  function isOurHost(host: string): boolean {
    if (!URL.canParse(`http://${host}`)) return false;
    return hosts === undefined || hosts.includes(host) || hosts.includes(host.replace(/:\d+$/, ''));
  }

  function isFromElsewhere(
    { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
    host: string,
  ): boolean {
    const { origin, accept = '' } = headers;
    if (origin !== undefined && isAllowedOrigin(origin)) return false;
    const site = headers['sec-fetch-site'];
    if (site === undefined) return origin !== undefined && hostOf(origin) !== host;
    if (site === 'same-origin' || site === 'none') return false;
    const opensPlayground =
      hasPlayground &&
      method === 'GET' &&
      headers['sec-fetch-dest'] === 'document' &&
      accept.includes('text/html');
    return !opensPlayground;
  }

  return (request) => {
    // RFC 9112, section 3.2.
    if ((request.headersDistinct['host'] ?? []).length > 1) return refuse(400, 'A request has one Host.');
    const host = request.headers.host?.toLowerCase() ?? '';
    if (!isOurHost(host)) {
      return refuse(421, 'This Host is none of the gateway: GATEWAY_HOSTS names those that are.');
    }
    if (isFromElsewhere(request, host)) {
      return refuse(
        403,
        'Pages of this origin may not use the gateway: GATEWAY_CORS_ORIGINS names those that may.',
      );
    }
    if (!METHODS.includes(request.method ?? '')) {
      return refuse(405, `The gateway takes ${METHODS.join(', ')} only.`, { allow: METHODS.join(', ') });
    }
    const mediaType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (request.method === 'POST' && mediaType !== 'application/json') {
      return refuse(415, 'A POST needs a body of the media type application/json.');
    }
    return undefined;
  };
}

const METHODS = ['GET', 'POST', 'OPTIONS'];

function refuse(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Refusal {
  return { status, error: new GatewayError('BAD_REQUEST', message), headers };
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
