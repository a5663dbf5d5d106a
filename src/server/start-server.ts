import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { REQUEST_LIMITS } from '../limits.ts';

export interface ServerOptions {
  readonly listener: RequestListener;
  /** Gives a response its headers before a request is answered that breaks off, or does not come in time. */
  readonly dress?: (request: IncomingMessage, response: ServerResponse) => void;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** How long an idle connection is kept: longer than a proxy in front does, so that it ends it and never races with us. */
  readonly keepAliveMs?: number;
  /** How long a client may take to send a request's head, and all of it. */
  readonly headTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
  /** How long a client may take none of a response that waits for it. */
  readonly stallTimeoutMs?: number;
}

/** Proxies commonly keep an idle connection for 60 s. */
const KEEP_ALIVE_MS = 75_000;

export interface Server {
  readonly url: string;
  /**
   * From now on each response is the last of its connection. Connections are still accepted, and idle ones stay
   * open: a proxy may be sending a request on one right now.
   */
  drain(): void;
  /**
   * Drains, accepts no more connections, and resolves when the last response is finished, or cut off after
   * `graceMs`; `onCutOff` is then told how many were.
   */
  close(graceMs: number, onCutOff?: (requests: number) => void): Promise<void>;
}

/** Listens. Rejects with Node's own error, such as `EADDRINUSE`. */
export async function startServer({
  listener,
  dress,
  host,
  port,
  keepAliveMs = KEEP_ALIVE_MS,
  headTimeoutMs = REQUEST_LIMITS.headTimeoutMs,
  requestTimeoutMs = REQUEST_LIMITS.requestTimeoutMs,
  stallTimeoutMs = REQUEST_LIMITS.stallTimeoutMs,
}: ServerOptions): Promise<Server> {
  /**
   * Each with its responses that are not finished. Not one set of all: its table is made anew each time as many have come
   * and gone as it holds, and the old ones would keep what was in them until the next full collection.
   */
  const connections = new Map<Duplex, ServerResponse[]>();
  const unfinished = () => [...connections.values()].flat();
  /** Connections on which something came that is no HTTP, or not in time. */
  const broken = new WeakSet<Duplex>();
  let draining = false;
  let closing = false;

  const timeouts = {
    keepAliveTimeout: keepAliveMs,
    headersTimeout: headTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(headTimeoutMs, requestTimeoutMs) / 2,
  };
  const server = createServer(timeouts, (request, response) => {
    const open = connections.get(request.socket) ?? [];
    open.push(response);
    response.once('close', () => {
      open.splice(open.indexOf(response), 1);
      // A connection that falls idle now would hold the server open until its keep-alive ends.
      if (closing) setImmediate(() => server.closeIdleConnections());
    });
    if (draining) endConnectionAfter(response);
    listener(request, response);
  });
  // Nothing went to or fro on a connection for this long, or for its keep-alive: Node counts a write as it progresses.
  server.setTimeout(stallTimeoutMs, (connection) => {
    const isBusy = connections.get(connection)?.some(({ socket }) => socket === connection);
    if (isBusy !== true || connection.writableLength > 0) connection.destroy();
  });
  server.on('clientError', (error: NodeJS.ErrnoException, connection) => {
    // Its parser says so again for whatever else comes.
    if (broken.has(connection)) return;
    broken.add(connection);
    const [status, reason] = STATUS_OF_CLIENT_ERROR[error.code ?? ''] ?? [400, 'Bad Request'];
    const open = connections.get(connection) ?? [];
    const own = open.find(({ req }) => !req.complete);
    const before = open.filter((response) => response !== own);

    function end(): void {
      if (own === undefined) {
        if (connection.writable)
          connection.write(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\n\r\n`);
      } else if (!own.headersSent) {
        // So that a page may read it.
        dress?.(own.req, own);
        own.writeHead(status, { connection: 'close', 'content-length': 0 }).end();
      }
      connection.end(() => connection.destroy());
    }

    // Those that were whole have responses of their own, which come first (RFC 9112, section 9.3.2).
    let left = before.length;
    if (left === 0) end();
    for (const response of before) {
      response.once('close', () => {
        left -= 1;
        if (left === 0) end();
      });
    }
  });
  server.on('connection', (connection: Socket) => {
    connections.set(connection, []);
    connection.once('close', () => connections.delete(connection));
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  const boundPort = typeof address === 'object' ? address?.port : undefined;

  function drain(): void {
    draining = true;
    for (const response of unfinished()) endConnectionAfter(response);
  }

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    drain,
    close: (graceMs, onCutOff) =>
      new Promise((resolve) => {
        drain();
        closing = true;
        const cutOff = setTimeout(() => {
          onCutOff?.(unfinished().length);
          server.closeAllConnections();
        }, graceMs);
        server.close(() => {
          clearTimeout(cutOff);
          resolve();
        });
        // Browsers connect ahead of need. Node takes such a connection for a request that is about to come.
        for (const connection of connections.keys()) {
          if (connection instanceof Socket && connection.bytesRead === 0) connection.destroy();
        }
      }),
  };
}

/** As Node answers what is no HTTP, or does not come in time. */
const STATUS_OF_CLIENT_ERROR: Readonly<Record<string, readonly [status: number, reason: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'Payload Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};

function endConnectionAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
