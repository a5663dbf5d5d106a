import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { startRawServer, type RawServer } from './raw-server.ts';

export type Endpoint = 'worklist' | 'token';

/** In every secret that the laboratory knows, and in all that it says and a client or a log must not repeat. */
export const CANARY = 'CANARY';

/** The service account. All but the client id is a canary. */
export const CREDENTIALS = {
  clientId: 'gateway',
  clientSecret: `${CANARY}-client-secret`,
  username: `${CANARY}-username@example.test`,
  password: `${CANARY}-password`,
} as const;

/** How many records the worklist has: `record-0` and so on, each with a title that is a canary. */
export const RECORD_COUNT = 200;

/** A whole request, and what it takes to answer it. */
export interface Exchange {
  readonly socket: Socket;
  readonly endpoint: Endpoint;
  /** Head and body. */
  readonly request: string;
  /** The body of the right answer. */
  rightBody(): string;
  /** The wall clock of the gateway. */
  readonly nowMs: number;
  /** A server that nobody has any business with. */
  readonly elsewhere: URL;
}

/** What an endpoint does with each request instead of answering it. */
export type Misbehave = (exchange: Exchange) => void;

/** Or the whole laboratory is not there. */
export type Misbehaviour = Misbehave | 'refuses connections';

export interface FaultLaboratory {
  readonly url: string;
  readonly tokenUrl: URL;
  readonly apiUrl: URL;
  /** Where misbehaving endpoints redirect to. */
  readonly elsewhere: RawServer;
  /** The requests that have reached an endpoint, whole, oldest first. */
  requests(endpoint: Endpoint): readonly string[];
  /** How much was written to all connections together. */
  bytesWritten(): number;
  /** The connections that are open, oldest first. */
  connections(): readonly Socket[];
  /** From now on that endpoint misbehaves, and the other does not. */
  inflict(endpoint: Endpoint, misbehaviour: Misbehaviour): Promise<void>;
  /** From now on both endpoints answer rightly. */
  heal(): Promise<void>;
  /** Answers rightly: 401 where the access token is not one of this laboratory, or was revoked. */
  answer(exchange: Exchange): void;
  /** Revokes all access tokens given so far. */
  revoke(): void;
}

export interface FaultLaboratoryOptions {
  /** The wall clock of the gateway. */
  readonly now: () => number;
  /** Whether refresh tokens are given. */
  readonly refreshable?: boolean;
}

/** A GoSpeech on a raw socket that is healthy until told otherwise. Closed when the test ends. */
export async function startFaultLaboratory(options: FaultLaboratoryOptions): Promise<FaultLaboratory> {
  const { now, refreshable = true } = options;
  const elsewhere = await startRawServer((socket) => socket.end(httpResponse('200 OK', '{}')));
  const sockets: Socket[] = [];
  const requests: Readonly<Record<Endpoint, string[]>> = { worklist: [], token: [] };
  const accepted = new Set<string>();
  let issued = 0;
  let misbehaving: { readonly endpoint: Endpoint; readonly misbehaviour: Misbehaviour } | undefined;

  const server = createServer((socket) => {
    sockets.push(socket);
    let request = '';
    socket.on('error', () => {});
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      request += chunk;
      if (!isWhole(request)) return;
      receive(socket, request);
      request = '';
    });
  });

  function receive(socket: Socket, request: string): void {
    const endpoint = request.startsWith('POST ') ? 'token' : 'worklist';
    requests[endpoint].push(request);
    const exchange: Exchange = {
      socket,
      endpoint,
      request,
      rightBody: () => (endpoint === 'token' ? tokenBody() : pageBody(request)),
      nowMs: now(),
      elsewhere: elsewhere.url,
    };
    const misbehaviour = misbehaving?.endpoint === endpoint ? misbehaving.misbehaviour : undefined;
    if (typeof misbehaviour === 'function') misbehaviour(exchange);
    else answer(exchange);
  }

  function answer({ socket, endpoint, request, rightBody }: Exchange): void {
    const isRefused = endpoint === 'worklist' && !accepted.has(accessTokenOf(request));
    socket.write(isRefused ? httpResponse('401 Unauthorized', '{}') : httpResponse('200 OK', rightBody()));
  }

  function tokenBody(): string {
    issued += 1;
    const accessToken = `${CANARY}-access-token-${issued}`;
    accepted.add(accessToken);
    return JSON.stringify({
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: 3_600,
      ...(refreshable && { refresh_token: `${CANARY}-refresh-token-${issued}` }),
    });
  }

  async function listen(port: number): Promise<number> {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  function stop(): void {
    server.close();
    for (const socket of sockets) socket.destroy();
  }

  const port = await listen(0);
  onTestFinished(stop);
  const url = `http://127.0.0.1:${port}`;

  return {
    url,
    tokenUrl: new URL(`/${CANARY}-path/token`, url),
    apiUrl: new URL(`/${CANARY}-path/api/`, url),
    elsewhere,
    requests: (endpoint) => requests[endpoint],
    bytesWritten: () => sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    connections: () => sockets.filter(({ destroyed }) => !destroyed),
    async inflict(endpoint, misbehaviour) {
      misbehaving = { endpoint, misbehaviour };
      if (misbehaviour !== 'refuses connections') return;
      const closed = once(server, 'close');
      stop();
      await closed;
    },
    async heal() {
      misbehaving = undefined;
      if (!server.listening) await listen(port);
    },
    answer,
    revoke: () => accepted.clear(),
  };
}

/** A whole HTTP answer. `headers` are whole lines; the body's length comes by itself. */
export function httpResponse(
  status: string,
  body: string,
  headers = 'Content-Type: application/json\r\n',
): string {
  return `HTTP/1.1 ${status}\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** The identifiers of the page at `offset`, as a client gets them. */
export function recordsAt(offset: number, limit: number): { id: string }[] {
  const count = Math.max(0, Math.min(limit, RECORD_COUNT - offset));
  return Array.from({ length: count }, (_, index) => ({ id: `record-${offset + index}` }));
}

/** The access token that a request was signed with; empty where it was not. */
export function accessTokenOf(request: string): string {
  return /^authorization: Bearer (\S+)/im.exec(request)?.[1] ?? '';
}

function pageBody(request: string): string {
  const { searchParams } = new URL(request.split(' ')[1] ?? '', 'http://localhost');
  const records = recordsAt(Number(searchParams.get('offset')), Number(searchParams.get('limit')));
  return JSON.stringify({
    records: records.map(({ id }) => ({ id, title: `${CANARY}-title` })),
    total: RECORD_COUNT,
  });
}

function isWhole(request: string): boolean {
  const headEnd = request.indexOf('\r\n\r\n');
  const [, bodyLength = '0'] = /^content-length: (\d+)/im.exec(request) ?? [];
  return headEnd !== -1 && request.length >= headEnd + 4 + Number(bodyLength);
}
