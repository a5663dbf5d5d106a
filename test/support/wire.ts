import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request exactly as it is written, without what `fetch` would add, correct or forbid. */
export interface WireRequest {
  /** Absent: POST with a body, GET without. */
  readonly method?: string;
  /** The request target. Absent: `/graphql`. */
  readonly path?: string;
  /** `host`, `accept` and `content-length` are added where absent; one that is `undefined` is left out. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: string | undefined;
  /** The address of this machine that it comes from. Absent: 127.0.0.1. */
  readonly localAddress?: string;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends one request on a connection of its own to the server at `url`. */
export async function send(url: string, request: WireRequest): Promise<WireResponse> {
  const { hostname, port, host } = new URL(url);
  const { method, path = '/graphql', headers, body, localAddress = '127.0.0.1' } = request;
  const all = {
    host,
    accept: 'application/graphql-response+json',
    ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
    ...headers,
  };
  const present = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, typeof value === 'string' ? value : [...value]] as const],
  );
  const outgoing = httpRequest({
    hostname,
    port,
    path,
    localAddress,
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: Object.fromEntries(present),
    setHost: false,
    agent: false,
  });
  const answered = once(outgoing, 'response');
  outgoing.end(body);
  const [incoming] = await answered;
  // A server may end the connection of a request that it does not read to its end.
  outgoing.on('error', () => {});
  return { status: incoming.statusCode, headers: incoming.headers, body: await text(incoming) };
}

/** Writes these bytes to the server at `url`, and gives all that it answers until the connection ends. */
export async function sendBytes(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = createConnection({ host: hostname, port: Number(port) });
  socket.on('error', () => {});
  socket.setEncoding('latin1');
  let received = '';
  socket.on('data', (chunk: string) => (received += chunk));
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  return received;
}
