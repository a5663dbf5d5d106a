import { Agent, request as undiciRequest, type Dispatcher } from 'undici';
import { GatewayError } from '../errors.ts';
import type { ProxySettings } from '../proxy.ts';
import { classifyStatus } from './classify-status.ts';
import { createConnections } from './create-connect.ts';
import { ACCEPTED_CODINGS, readBody } from './read-body.ts';
import type { HttpRequest, HttpResponse, Send } from './send.ts';
import { GOSPEECH, transportFailure, type Peer } from './transport-failure.ts';

export interface SendOptions {
  /** Connections kept to each origin. */
  readonly maxConnections: number;
  /** The largest body that is read, packed as well as unpacked. */
  readonly maxBodyBytes: number;
  /** Without them, everything is reached directly. */
  readonly proxies?: ProxySettings | undefined;
  /** Who is asked, for messages and hints; GoSpeech if it is not said. */
  readonly peer?: Peer;
}

export interface Sender {
  /**
   * Makes one attempt: no retry, no redirect. The body comes unpacked. Rejects with `UPSTREAM_UNAVAILABLE` when the
   * connection fails, `UPSTREAM_BAD_RESPONSE` when what comes is no HTTP, too large or cannot be unpacked, and the
   * signal's reason when that is aborted. It has no time limit of its own: see `withDeadline`.
   */
  readonly send: Send;
  /** Closes every connection, also those in use. */
  close(): Promise<void>;
}

/** Pooled keep-alive connections, through a proxy where one is set, and bodies bounded in size. */
export function createSender({
  maxConnections,
  maxBodyBytes,
  proxies,
  peer = GOSPEECH,
}: SendOptions): Sender {
  const { connect, close } = createConnections(proxies);
  const agent = new Agent({ connect, connections: maxConnections, headersTimeout: 0, bodyTimeout: 0 });

  async function send(request: HttpRequest): Promise<HttpResponse> {
    try {
      const { statusCode, headers, body } = await undiciRequest(request.url, {
        dispatcher: agent,
        method: request.method,
        headers: { 'accept-encoding': ACCEPTED_CODINGS, ...request.headers },
        body: request.body ?? null,
        signal: request.signal ?? null,
      });
      const status = statusCode;
      return { status, headers: joined(headers), body: await read(body, joined(headers), status) };
    } catch (error) {
      if (request.signal?.aborted === true) throw request.signal.reason;
      throw error instanceof GatewayError ? error : transportFailure(error, peer);
    }
  }

  async function read(
    body: Dispatcher.ResponseData['body'],
    headers: HttpResponse['headers'],
    status: number,
  ): Promise<Buffer> {
    if (BODILESS.has(status)) {
      // Undici takes the length that a 304 may state for one that did not come (RFC 9110, section 8.6).
      body.on('error', () => {}).resume();
      return Buffer.alloc(0);
    }
    try {
      return await readBody(body, {
        contentEncoding: headers['content-encoding'],
        maxBytes: maxBodyBytes,
        sender: peer.name,
      });
    } catch (error) {
      body.on('error', () => {}).destroy();
      // A status that says what failed counts for more than a body that cannot be read.
      if (error instanceof GatewayError && classifyStatus(status) !== 'success') return Buffer.alloc(0);
      throw error;
    }
  }

  return {
    send,
    async close() {
      await Promise.all([agent.destroy(), close()]);
    },
  };
}

/** No content follows these (RFC 9110, sections 15.3.5 and 15.4.5). */
const BODILESS = new Set([204, 304]);

function joined(headers: Dispatcher.ResponseData['headers']): HttpResponse['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
