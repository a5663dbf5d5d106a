import { Agent, request as undiciRequest, type Dispatcher } from 'undici';
import { GatewayError } from '../errors.ts';
import type { HttpRequest, HttpResponse, Send } from './send.ts';

export interface SendOptions {
  /** Connections kept to each origin. */
  readonly maxConnections: number;
  /** The largest body that is read. */
  readonly maxBodyBytes: number;
}

export interface Sender {
  /**
   * Makes one attempt: no retry, no redirect. Rejects with `UPSTREAM_UNAVAILABLE` when the connection fails,
   * `UPSTREAM_BAD_RESPONSE` when what comes is no HTTP or too large, and the signal's reason when that is aborted. It has
   * no time limit of its own: see `withDeadline`.
   */
  readonly send: Send;
  /** Closes every connection, also those in use. */
  close(): Promise<void>;
}

/** The only place that knows undici: pooled keep-alive connections, and bodies bounded in size. */
export function createSender({ maxConnections, maxBodyBytes }: SendOptions): Sender {
  const agent = new Agent({ connections: maxConnections, headersTimeout: 0, bodyTimeout: 0 });

  async function send(request: HttpRequest): Promise<HttpResponse> {
    try {
      const { statusCode, headers, body } = await undiciRequest(request.url, {
        dispatcher: agent,
        method: request.method,
        headers: request.headers ?? null,
        body: request.body ?? null,
        signal: request.signal ?? null,
      });
      return { status: statusCode, headers: joined(headers), body: await readBody(body) };
    } catch (error) {
      if (request.signal?.aborted === true) throw request.signal.reason;
      throw error instanceof GatewayError ? error : failureOf(error);
    }
  }

  async function readBody(body: Dispatcher.ResponseData['body']): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > maxBodyBytes) {
        throw new GatewayError(
          'UPSTREAM_BAD_RESPONSE',
          `GoSpeech's answer is larger than the gateway reads (${maxBodyBytes} bytes).`,
          { answerLost: true },
        );
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, sizeBytes);
  }

  return { send, close: () => agent.destroy() };
}

function joined(headers: Dispatcher.ResponseData['headers']): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

/** What goes wrong before a byte of the request is sent. Anything else may have happened after. */
const NEVER_SENT = new Set<unknown>([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What undici says of an answer that is no HTTP; a connection that ends in the middle is something else. */
const NO_HTTP = new Set(['HTTPParserError', 'HeadersOverflowError']);

function failureOf(error: unknown): GatewayError {
  const cause = withoutContent(error);
  if (NO_HTTP.has(cause.name)) {
    const message = "GoSpeech's answer breaks the rules of HTTP, or its headers are too large.";
    return new GatewayError('UPSTREAM_BAD_RESPONSE', message, { cause, answerLost: true });
  }
  return NEVER_SENT.has(cause.code)
    ? new GatewayError('UPSTREAM_UNAVAILABLE', 'GoSpeech could not be reached.', { cause })
    : new GatewayError(
        'UPSTREAM_UNAVAILABLE',
        'The connection to GoSpeech broke before the answer was complete.',
        { cause, answerLost: true },
      );
}

/** Name, message and code only: undici hangs raw bytes of the answer onto some of its errors. */
function withoutContent(error: unknown): Error & { readonly code?: unknown } {
  if (!(error instanceof Error)) return new TypeError(`A ${typeof error} was thrown.`);
  const { name, message } = error;
  return Object.assign(new Error(message), { name, ...('code' in error && { code: error.code }) });
}
