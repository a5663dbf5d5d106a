import { GatewayError } from '../errors.ts';
import { classifyStatus } from './classify-status.ts';
import { ConnectError } from './connect-error.ts';
import { tlsFailureOf } from './tls-failure.ts';

/** Who is asked, in the words of messages and hints. */
export interface Peer {
  readonly name: string;
  /** The settings that say where it is. */
  readonly settings: string;
}

export const GOSPEECH: Peer = {
  name: 'GoSpeech',
  settings: 'GOSPEECH_BASE_URL, GOSPEECH_TOKEN_URL and GOSPEECH_API_URL',
};

/** What undici says of a response that is no HTTP; a connection that ends in the middle is something else. */
const NO_HTTP = new Set(['HTTPParserError', 'HeadersOverflowError']);

/** The failure that stands for what undici threw. */
export function transportFailure(error: unknown, peer: Peer): GatewayError {
  if (error instanceof ConnectError) return connectFailure(error, peer);
  const cause = withoutContent(error);
  if (isTlsAlert(error)) {
    return new GatewayError('UPSTREAM_UNAVAILABLE', `${peer.name} could not be reached without TLS.`, {
      cause,
      mayRetryAtOnce: false,
      hint: `Something speaks TLS at that address: check that ${peer.settings} say https.`,
    });
  }
  if (NO_HTTP.has(cause.name)) {
    const message = `${peer.name}'s answer breaks the rules of HTTP, or its headers are too large.`;
    return new GatewayError('UPSTREAM_BAD_RESPONSE', message, { cause, responseLost: true });
  }
  const message = `The connection to ${peer.name} broke before the answer was complete.`;
  return new GatewayError('UPSTREAM_UNAVAILABLE', message, { cause, responseLost: true });
}

/** Nothing was sent. What will not mend itself in a moment is not repeated either. */
function connectFailure({ peer: stage, proxyStatus, cause: thrown }: ConnectError, peer: Peer): GatewayError {
  const unreachable = `${peer.name} could not be reached.`;
  if (proxyStatus !== undefined) {
    return new GatewayError('UPSTREAM_UNAVAILABLE', unreachable, {
      mayRetryAtOnce: classifyStatus(proxyStatus) === 'failure',
      hint:
        proxyStatus === 407
          ? 'The proxy wants credentials (HTTP 407): check those in HTTPS_PROXY, as http://NAME:PASSWORD@HOST:PORT.'
          : `The proxy opened no way to it (HTTP ${proxyStatus}): check HTTPS_PROXY, the proxy's rules and NO_PROXY.`,
    });
  }
  const cause = withoutContent(thrown);
  const tls = tlsFailureOf(cause.code);
  if (tls !== undefined) {
    const settings = stage === 'proxy' ? 'HTTPS_PROXY' : peer.settings;
    return new GatewayError('UPSTREAM_UNAVAILABLE', `${peer.name} could not be reached: ${tls.what}.`, {
      cause,
      mayRetryAtOnce: false,
      hint: `${stage === 'proxy' ? 'With the proxy: ' : ''}${tls.advice(settings)}`,
    });
  }
  return new GatewayError('UPSTREAM_UNAVAILABLE', unreachable, {
    cause,
    ...(stage === 'proxy' && {
      hint: 'The proxy itself could not be reached: check HTTPS_PROXY and NO_PROXY.',
    }),
  });
}

/** What a TLS server says to plain HTTP, if anything: a record of the type 21 (RFC 8446, section 5.1). */
function isTlsAlert(error: unknown): boolean {
  if (!(error instanceof Error) || !('data' in error)) return false;
  return typeof error.data === 'string' && error.data.startsWith('\u0015\u0003');
}

/** Name, message and code only: undici hangs raw bytes of the response onto some of its errors. */
function withoutContent(error: unknown): Error & { readonly code?: unknown } {
  if (!(error instanceof Error)) return new TypeError(`A ${typeof error} was thrown.`);
  const { name, message } = error;
  return Object.assign(new Error(message), { name, ...('code' in error && { code: error.code }) });
}
