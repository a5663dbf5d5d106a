import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

export interface ServerOptions {
  readonly listener: RequestListener;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
}

export interface Server {
  readonly url: string;
  /** Accepts no more connections and resolves when the last request is answered, or cut off after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Listens. Rejects with Node's own error, such as `EADDRINUSE`. */
export async function startServer({ listener, host, port }: ServerOptions): Promise<Server> {
  let closing = false;
  const server = createServer((request, response) => {
    // A connection that falls idle while the server closes would hold it open until its keep-alive ends.
    if (closing) response.setHeader('connection', 'close');
    response.once('close', () => {
      if (closing) setImmediate(() => server.closeIdleConnections());
    });
    listener(request, response);
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  const boundPort = typeof address === 'object' ? address?.port : undefined;

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    close: (graceMs) =>
      new Promise((resolve) => {
        closing = true;
        const cutOff = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(cutOff);
          resolve();
        });
      }),
  };
}
