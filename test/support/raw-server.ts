import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface RawServer {
  readonly url: URL;
  /** The connections so far, oldest first. */
  readonly sockets: readonly Socket[];
  /** How many requests were begun on all of them. */
  requests(): number;
}

/**
 * A server on loopback that is handed each connection once a request's head is there, and sends what it likes.
 * Closed when the test ends.
 */
export async function startRawServer(answer: (socket: Socket, number: number) => void): Promise<RawServer> {
  const sockets: Socket[] = [];
  let requests = 0;
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      if (!/^(?:GET|POST) /.test(chunk.toString('latin1'))) return;
      requests += 1;
      answer(socket, requests);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/`), sockets, requests: () => requests };
}
