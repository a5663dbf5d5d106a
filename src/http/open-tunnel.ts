import { Socket } from 'node:net';
import { Pool } from 'undici';
import { ConnectError } from './connect-error.ts';

/** Tunnels through one HTTP proxy (RFC 9110, section 9.3.6). */
export interface Tunnels {
  /** Opens a tunnel to `HOST:PORT`. Throws a `ConnectError`. */
  open(authority: string): Promise<Socket>;
  close(): Promise<void>;
}

/** `proxy` may hold credentials, which it is sent (RFC 7617). */
export function createTunnels(proxy: URL, timeoutMs: number): Tunnels {
  const pool = new Pool(proxy.origin, { connect: { timeout: timeoutMs }, headersTimeout: timeoutMs });
  const authorization = authorizationOf(proxy);

  return {
    async open(authority) {
      const headers = { host: authority, ...(authorization && { 'proxy-authorization': authorization }) };
      const { statusCode, socket } = await pool
        .connect({ path: authority, headers })
        .catch((cause: unknown) => {
          throw new ConnectError('proxy', { cause });
        });
      if (statusCode >= 200 && statusCode < 300 && socket instanceof Socket) return socket;
      socket.on('error', () => {}).destroy();
      throw new ConnectError('proxy', { proxyStatus: statusCode });
    },
    close: () => pool.destroy(),
  };
}

function authorizationOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}
