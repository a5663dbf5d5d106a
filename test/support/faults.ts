import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import {
  CANARY,
  httpResponse,
  type Endpoint,
  type Misbehave,
  type Misbehaviour,
} from './fault-laboratory.ts';

/** What one query costs and gives while an endpoint misbehaves. */
export interface Outcome {
  /** Of the field's error. `undefined` where the fault does no harm. */
  readonly code: string | undefined;
  readonly retryAfterMs?: number;
  /** How often the gateway calls each endpoint, whether or not that gets through. */
  readonly calls: Readonly<Record<Endpoint, number>>;
}

export interface Fault {
  /** Completes "an upstream that …". */
  readonly name: string;
  readonly misbehaviour: Misbehaviour;
  /** With the fault on one endpoint: the worklist while a token is at hand, the token while there is none. */
  readonly on: Readonly<Record<Endpoint, Outcome>>;
}

/** The codes that say that the same request may succeed later. */
export const RETRYABLE: ReadonlySet<string | undefined> = new Set([
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_RATE_LIMITED',
]);

/** Beyond any deadline of a test. */
const RETRY_AFTER_S = 7;

/** How long no other token is asked for after a new one was refused. */
const REFUSED_PAUSE_MS = 60_000;

const HUGE_BYTES = 200 * 1_024 * 1_024;
const BLOCK = Buffer.alloc(64 * 1_024, `${CANARY}-body `);

const BOMB = gzipSync(Buffer.alloc(HUGE_BYTES));

/** With the canary so far in front that a parser's error would quote it. */
const HTML = `<${CANARY}-body>`;
/** What a token endpoint says when it refuses (RFC 6749, section 5.2). */
const REFUSAL = `{"error":"invalid_client","error_description":"${CANARY}-description"}`;
const OTHER_SHAPE = `{"records":[{"name":"${CANARY}-body"}],"access_token":["${CANARY}-body"]}`;
/** The answer to somebody else's request. */
export const FOREIGN = `{"records":[{"id":"${CANARY}-foreign"}],"access_token":"${CANARY}-foreign","token_type":"Bearer"}`;

/** Everything an upstream was imagined to do wrong on the wire, and what becomes of it. */
export const FAULTS: readonly Fault[] = [
  // The connection.
  {
    name: 'refuses connections',
    misbehaviour: 'refuses connections',
    on: failing('UPSTREAM_UNAVAILABLE', 3),
  },
  {
    name: 'resets before the headers',
    misbehaviour: ({ socket }) => socket.resetAndDestroy(),
    on: failing('UPSTREAM_UNAVAILABLE', 3),
  },
  {
    name: 'closes before the headers',
    misbehaviour: ({ socket }) => socket.end(),
    on: failing('UPSTREAM_UNAVAILABLE', 3),
  },
  {
    name: 'resets in the body',
    misbehaviour: ({ socket }) =>
      socket.write(announcing(100_000, `${CANARY}-body`), () => socket.resetAndDestroy()),
    on: failing('UPSTREAM_UNAVAILABLE', 3),
  },
  { name: 'never answers', misbehaviour: () => {}, on: failing('UPSTREAM_TIMEOUT', 1) },
  {
    name: 'drips its body, a byte at a time',
    misbehaviour: ({ socket }) => drip(socket, announcing(100_000)),
    on: failing('UPSTREAM_TIMEOUT', 1),
  },
  {
    name: 'drips its headers, a byte at a time',
    misbehaviour: ({ socket }) => drip(socket, 'HTTP/1.1 200 OK\r\nX-Drip: '),
    on: failing('UPSTREAM_TIMEOUT', 1),
  },

  // The framing.
  {
    name: 'announces more than it sends, and closes',
    misbehaviour: ({ socket, rightBody }) => socket.end(announcing(100_000, rightBody())),
    on: failing('UPSTREAM_UNAVAILABLE', 3),
  },
  {
    name: 'announces more than it sends, and waits',
    misbehaviour: ({ socket, rightBody }) => socket.write(announcing(100_000, rightBody())),
    on: failing('UPSTREAM_TIMEOUT', 1),
  },
  {
    name: 'announces less than it sends',
    misbehaviour: ({ socket, rightBody }) => socket.write(announcing(20, rightBody())),
    on: failing('UPSTREAM_BAD_RESPONSE', 1),
  },
  {
    name: 'sends a chunk size that is no number',
    misbehaviour: ({ socket }) =>
      socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${CANARY}-size\r\n${CANARY}-body`),
    on: failing('UPSTREAM_BAD_RESPONSE', 1),
  },
  {
    name: 'sends a status line that is none',
    misbehaviour: ({ socket }) => socket.write(`${CANARY}-status line\r\n\r\n${CANARY}-body`),
    on: failing('UPSTREAM_BAD_RESPONSE', 1),
  },
  {
    name: 'sends headers of 100 kB',
    misbehaviour: ({ socket }) =>
      socket.write(httpResponse('200 OK', '{}', `X-Large: ${CANARY}${'x'.repeat(100_000)}\r\n`)),
    on: failing('UPSTREAM_BAD_RESPONSE', 1),
  },
  {
    name: 'answers in HTTP/1.0, without a length',
    misbehaviour: ({ socket, rightBody }) => socket.end(`HTTP/1.0 200 OK\r\n\r\n${rightBody()}`),
    on: harmless(),
  },
  {
    name: 'sends an unasked second answer',
    misbehaviour: ({ socket, rightBody }) =>
      socket.write(httpResponse('200 OK', rightBody()) + httpResponse('200 OK', FOREIGN)),
    on: harmless(),
  },

  {
    name: 'sends interim responses first',
    misbehaviour: ({ socket, rightBody }) =>
      socket.write(
        `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <${CANARY}>\r\n\r\n` +
          httpResponse('200 OK', rightBody()),
      ),
    on: harmless(),
  },

  // The body.
  { name: 'sends HTML', misbehaviour: answering('200 OK'), on: failing('UPSTREAM_BAD_RESPONSE', 1) },
  {
    name: 'sends no body',
    misbehaviour: answering('200 OK', { body: '' }),
    on: failing('UPSTREAM_BAD_RESPONSE', 1),
  },
  {
    name: 'sends JSON that is cut',
    misbehaviour: ({ socket, rightBody }) => socket.write(httpResponse('200 OK', rightBody().slice(0, -1))),
    on: failing('UPSTREAM_BAD_RESPONSE', 1),
  },
  {
    name: 'sends JSON with a byte order mark',
    misbehaviour: ({ socket, rightBody }) => socket.write(httpResponse('200 OK', `\uFEFF${rightBody()}`)),
    on: harmless(),
  },
  {
    name: 'sends JSON of another shape',
    misbehaviour: ({ socket }) => socket.write(httpResponse('200 OK', OTHER_SHAPE)),
    on: failing('UPSTREAM_BAD_RESPONSE', 1),
  },
  {
    name: 'packs its body with gzip',
    misbehaviour: ({ socket, rightBody }) => sendPacked(socket, 'gzip', gzipSync(rightBody())),
    on: harmless(),
  },
  {
    name: 'packs its body twice, behind a byte order mark',
    misbehaviour: ({ socket, rightBody }) =>
      sendPacked(socket, 'br, gzip', gzipSync(brotliCompressSync(`\uFEFF${rightBody()}`))),
    on: harmless(),
  },
  {
    name: 'packs its body in an unknown way',
    misbehaviour: ({ socket, rightBody }) =>
      sendPacked(socket, `${CANARY}-coding`, Buffer.from(rightBody(), 'utf8').fill(0xff)),
    on: failing('UPSTREAM_BAD_RESPONSE', 1),
  },
  {
    name: 'names a coding that is none, and packs nothing',
    misbehaviour: ({ socket, rightBody }) => sendPacked(socket, `${CANARY}-coding`, Buffer.from(rightBody())),
    on: harmless(),
  },
  {
    name: 'says that its body is packed where it is not',
    misbehaviour: ({ socket, rightBody }) => sendPacked(socket, 'gzip', Buffer.from(rightBody())),
    on: failing('UPSTREAM_BAD_RESPONSE', 1),
  },
  {
    name: 'packs 200 MB into 200 kB',
    misbehaviour: ({ socket }) => sendPacked(socket, 'gzip', BOMB),
    on: failing('UPSTREAM_BAD_RESPONSE', 1),
  },
  {
    name: 'sends 200 MB',
    misbehaviour({ socket }) {
      socket.write(announcing(HUGE_BYTES));
      Readable.from(repeat(BLOCK, HUGE_BYTES / BLOCK.byteLength)).pipe(socket);
    },
    on: failing('UPSTREAM_BAD_RESPONSE', 1),
  },

  // The status.
  ...['302', '307'].map((status) => ({
    name: `redirects to another server with ${status}`,
    misbehaviour: redirecting(`${status} Elsewhere`),
    on: failing('UPSTREAM_BAD_RESPONSE', 1),
  })),
  {
    name: 'answers 401 for ever',
    misbehaviour: answering('401 Unauthorized', {
      headers: `WWW-Authenticate: Bearer ${CANARY}-realm\r\n`,
      body: REFUSAL,
    }),
    on: {
      worklist: {
        code: 'UPSTREAM_AUTH_FAILED',
        retryAfterMs: REFUSED_PAUSE_MS,
        calls: { worklist: 2, token: 1 },
      },
      token: refusedAtToken(),
    },
  },
  {
    name: 'answers 403',
    misbehaviour: answering('403 Forbidden', { body: REFUSAL }),
    on: { ...failing('UPSTREAM_AUTH_FAILED', 1), token: refusedAtToken() },
  },
  {
    name: 'answers 404',
    misbehaviour: answering('404 Not Found'),
    on: { ...failing('UPSTREAM_REJECTED', 1), token: failing('UPSTREAM_UNAVAILABLE', 1).token },
  },
  { name: 'answers 429', misbehaviour: answering('429 Wait'), on: failing('UPSTREAM_RATE_LIMITED', 3) },
  {
    name: 'answers 429 with a wait in seconds',
    misbehaviour: answering('429 Wait', { headers: `Retry-After: ${RETRY_AFTER_S}\r\n` }),
    on: failing('UPSTREAM_RATE_LIMITED', 1, RETRY_AFTER_S * 1_000),
  },
  ...['408', '500', '502', '503'].map((status) => ({
    name: `answers ${status}`,
    misbehaviour: answering(`${status} Broken`),
    on: failing('UPSTREAM_UNAVAILABLE', 3),
  })),
  {
    name: 'answers 503 with a wait in seconds',
    misbehaviour: answering('503 Broken', { headers: `Retry-After: ${RETRY_AFTER_S}\r\n` }),
    on: failing('UPSTREAM_UNAVAILABLE', 1, RETRY_AFTER_S * 1_000),
  },
  {
    name: 'answers 503 with a wait until a date',
    misbehaviour: retryingAt(RETRY_AFTER_S),
    on: failing('UPSTREAM_UNAVAILABLE', 1, RETRY_AFTER_S * 1_000),
  },
  {
    name: 'answers 503 with a wait that is over',
    misbehaviour: retryingAt(-RETRY_AFTER_S),
    on: failing('UPSTREAM_UNAVAILABLE', 3, 0),
  },
];

/** Fails the field, with this many calls of the worklist. A token endpoint is asked once, and for both fields. */
function failing(code: string, worklistCalls: number, retryAfterMs?: number): Fault['on'] {
  const failure = { code, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  return {
    worklist: { ...failure, calls: { worklist: worklistCalls, token: 0 } },
    token: { ...failure, calls: { worklist: 0, token: 1 } },
  };
}

function harmless(): Fault['on'] {
  return {
    worklist: { code: undefined, calls: { worklist: 1, token: 0 } },
    token: { code: undefined, calls: { worklist: 1, token: 1 } },
  };
}

function refusedAtToken(): Outcome {
  return { code: 'UPSTREAM_AUTH_FAILED', calls: { worklist: 0, token: 1 } };
}

function answering(status: string, { headers = '', body = HTML } = {}): Misbehave {
  const html = `Content-Type: text/html\r\nX-Internal: ${CANARY}-header\r\n${headers}`;
  return ({ socket }) => socket.write(httpResponse(`${status} ${CANARY}-reason`, body, html));
}

function redirecting(status: string): Misbehave {
  return (exchange) =>
    answering(status, { headers: `Location: ${exchange.elsewhere.href}${CANARY}-location\r\n` })(exchange);
}

function retryingAt(inS: number): Misbehave {
  return (exchange) => {
    const at = new Date(exchange.nowMs + inS * 1_000).toUTCString();
    answering('503 Broken', { headers: `Retry-After: ${at}\r\n` })(exchange);
  };
}

/** An answer that says how long its body is, and has this of it. */
function announcing(bodyBytes: number, body = ''): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${bodyBytes}\r\n\r\n${body}`;
}

function sendPacked(socket: Socket, coding: string, body: Buffer): void {
  const headers = `Content-Encoding: ${coding}\r\nContent-Length: ${body.byteLength}\r\n`;
  socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${headers}\r\n`);
  socket.write(body);
}

function drip(socket: Socket, start: string): void {
  socket.write(start);
  const timer = setInterval(() => socket.write('x'), 1);
  socket.once('close', () => clearInterval(timer));
}

function* repeat(block: Buffer, times: number): Generator<Buffer> {
  for (let count = 0; count < times; count += 1) yield block;
}
