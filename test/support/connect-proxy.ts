import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface ConnectProxy {
  readonly port: number;
  /** What was asked for with CONNECT, oldest first. */
  readonly tunnels: readonly { readonly authority: string; readonly credentials: string | undefined }[];
}

export interface ConnectProxyOptions {
  /** Where every tunnel leads, whatever name was asked for: the proxy resolves names. */
  readonly toPort: number;
  /** Instead of a tunnel. */
  readonly answer?: (socket: Socket, request: IncomingMessage) => void;
}

/** An HTTP proxy on loopback that opens tunnels, and does nothing else. Closed when the test ends. */
export async function startConnectProxy({ toPort, answer }: ConnectProxyOptions): Promise<ConnectProxy> {
  const tunnels: { authority: string; credentials: string | undefined }[] = [];
  const sockets: Socket[] = [];
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connection', (socket) => sockets.push(socket));
  server.on('connect', (request, client: Socket) => {
    const [, base64] = /^Basic (.+)$/.exec(request.headers['proxy-authorization'] ?? '') ?? [];
    const credentials = base64 && Buffer.from(base64, 'base64').toString();
    tunnels.push({ authority: request.url ?? '', credentials });
    client.on('error', () => {});
    if (answer !== undefined) return answer(client, request);
    const upstream = connect(toPort, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    sockets.push(upstream);
    upstream.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, tunnels };
}
