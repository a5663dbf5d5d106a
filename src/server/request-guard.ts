import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { LRUCache } from 'lru-cache';
import { GatewayError } from '../errors.ts';
import { asksForPage } from './media-type.ts';
import type { Refusal } from './refusal.ts';
import type { Requester } from './requester.ts';

export interface RequestGuardOptions {
  /** Accepted `Host` headers, in lower case, with a port or for any; `undefined` for all. */
  readonly hosts: readonly string[] | undefined;
  /** Whether pages of this origin may use the gateway. */
  readonly isAllowedOrigin: (origin: string) => boolean;
  /** Whether a page that a browser navigates to can only be the playground, which executes nothing. */
  readonly hasPlayground: boolean;
  /** The largest body that is read. */
  readonly maxBodyBytes: number;
}

type GuardedRequest = Pick<IncomingMessage, 'method' | 'headers' | 'rawHeaders'>;

/**
 * Says why a request may not come in, if so. 421: its `Host` is none of ours, as when a web page reaches a local
 * gateway through a name of its own (DNS rebinding). 403: a browser sends it for a page of another origin that
 * is not listed, GET included. 405: another method than GraphQL over HTTP has. 415: its body is no JSON; forms and
 * plain text are what a page can send elsewhere without asking first (CSRF); or it is packed. 413: it says that its body is too large.
 * Tools that are no browser send neither `Sec-Fetch-Site` nor `Origin`, and pass.
 */
export function createRequestGuard(
  options: RequestGuardOptions,
): (request: GuardedRequest, requester: Requester) => Refusal | undefined {
  const { hosts, isAllowedOrigin, hasPlayground, maxBodyBytes } = options;

  const isHost = new LRUCache<string, boolean>({
    max: MAX_REMEMBERED_HOSTS,
    memoMethod: (host) => URL.canParse(`http://${host}`),
  });

  function isOurHost(host: string): boolean {
    if (hosts?.includes(host) === true) return true;
    return isHost.memo(host) && (hosts === undefined || hosts.includes(host.replace(/:\d+$/, '')));
  }

  /** A page that reaches the gateway through a name of its own can write any forwarded host, but not this one. */
  function isOursOrAddress(host: string): boolean {
    return (
      isOurHost(host) || (URL.canParse(`http://${host}`) && isAddress(new URL(`http://${host}`).hostname))
    );
  }

  function isFromElsewhere({ method, headers }: GuardedRequest, requester: Requester): boolean {
    const { origin, accept } = headers;
    if (origin !== undefined && isAllowedOrigin(origin)) return false;
    const site = headers['sec-fetch-site'];
    if (site === undefined) return origin !== undefined && !isOwnOrigin(origin, requester);
    if (site === 'same-origin' || site === 'none') return false;
    const opensPlayground =
      hasPlayground && headers['sec-fetch-dest'] === 'document' && asksForPage(method, accept);
    return !opensPlayground;
  }

  return (request, requester) => {
    // RFC 9112, section 3.2; RFC 9110, section 5.3.
    for (const name of SINGLE_HEADERS) {
      if (isRepeated(name, request.rawHeaders)) return refuse(400, `A request has one ${name}.`);
    }
    const sentHost = request.headers.host?.toLowerCase() ?? '';
    if (!isOurHost(requester.host) || (sentHost !== requester.host && !isOursOrAddress(sentHost))) {
      const refused = isOurHost(requester.host) ? sentHost : requester.host;
      if (refused === '') return refuse(421, 'The request has no Host: it has to name the gateway.');
      return refuse(421, 'This Host is none of the gateway: GATEWAY_HOSTS names those that are.', {
        hint: `The refused Host: ${quoted(refused)}.`,
      });
    }
    if (isFromElsewhere(request, requester)) {
      return refuse(
        403,
        'Pages of this origin may not use the gateway: GATEWAY_CORS_ORIGINS names those that may.',
        { hint: `The refused Origin: ${quoted(request.headers.origin)}.` },
      );
    }
    if (!METHODS.includes(request.method ?? '')) {
      return refuse(405, `The gateway takes ${METHODS.join(', ')} only.`, {
        headers: { allow: METHODS.join(', ') },
      });
    }
    const mediaType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (request.method === 'POST' && mediaType !== 'application/json') {
      return refuse(415, 'A POST needs a body of the media type application/json.');
    }
    const coding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
    if (coding !== '' && coding !== 'identity') {
      return refuse(415, 'The body of a request must come without a Content-Encoding.', {
        headers: { 'accept-encoding': 'identity' },
      });
    }
    if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) {
      const message = `The body of a request may have at most ${maxBodyBytes} bytes.`;
      return { status: 413, error: new GatewayError('REQUEST_ENTITY_TOO_LARGE', message) };
    }
    return undefined;
  };
}

const SINGLE_HEADERS = ['Host', 'Authorization'] as const;
const MAX_REMEMBERED_HOSTS = 100;

/** Names and values in turn, as they were sent. */
function isRepeated(name: string, rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const each = rawHeaders[index] ?? '';
    if (each.length === name.length && each.toLowerCase() === name.toLowerCase()) count += 1;
  }
  return count > 1;
}

/** What GraphQL is asked by. */
export const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS'];

interface RefuseOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log alone. */
  readonly hint?: string;
}

function refuse(status: number, message: string, { headers = {}, hint }: RefuseOptions = {}): Refusal {
  return { status, error: new GatewayError('BAD_REQUEST', message, { hint }), headers };
}

const MAX_QUOTED = 100;

/** What a client wrote, for a log: bounded, and without what would move a terminal's cursor. */
function quoted(text = ''): string {
  return text === '' ? 'none' : `"${text.slice(0, MAX_QUOTED).replaceAll(/[^\x20-\x7e]/g, '?')}"`;
}

/** Whether an origin is the gateway's own; under any scheme where it cannot know its own behind a proxy. */
function isOwnOrigin(origin: string, { host, scheme }: Requester): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, origin: theirs } = new URL(origin);
  const own = `${scheme ?? protocol.slice(0, -1)}://${host}`;
  return URL.canParse(own) && new URL(own).origin === theirs && theirs !== 'null';
}

function isAddress(hostname: string): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}
