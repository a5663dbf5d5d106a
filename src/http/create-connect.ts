import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import type { ProxySettings } from '../proxy.ts';
import { createProxyChoice, type Target } from './choose-proxy.ts';
import { ConnectError } from './connect-error.ts';
import { createTunnels, type Tunnels } from './open-tunnel.ts';
import { passOverInterim } from './pass-over-interim.ts';

export interface Connections {
  /** Opens a connection, through a proxy where one is set. Its errors are `ConnectError`s. */
  readonly connect: buildConnector.connector;
  /** Closes what leads to proxies, but for the tunnels in use. */
  close(): Promise<void>;
}

/** For each step: TCP, TLS, the proxy's response. A deadline usually ends it earlier. */
const TIMEOUT_MS = 10_000;

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * How undici gets its connections. Its own ProxyAgent would do, but that it does not tell why a tunnel failed, waits
 * five minutes for a proxy that hangs, and asks one that closes without a response for ever.
 */
export function createConnections(proxies: ProxySettings | undefined): Connections {
  const connector = buildConnector({ timeout: TIMEOUT_MS });
  const proxyFor = proxies === undefined ? () => undefined : createProxyChoice(proxies);
  const tunnelsByProxy = new Map<string, Tunnels>();

  function tunnelsThrough(proxy: URL): Tunnels {
    const tunnels = tunnelsByProxy.get(proxy.href) ?? createTunnels(proxy, TIMEOUT_MS);
    tunnelsByProxy.set(proxy.href, tunnels);
    return tunnels;
  }

  function connectTo(options: buildConnector.Options): Promise<Socket> {
    return new Promise((resolve, reject) => {
      connector(options, (cause, socket) => {
        if (cause !== null) reject(new ConnectError('server', { cause }));
        else resolve(socket);
      });
    });
  }

  async function open(options: buildConnector.Options): Promise<Socket> {
    const target = targetOf(options);
    const proxy = proxyFor(target);
    if (proxy === undefined) return connectTo(options);
    const tunnel = await tunnelsThrough(proxy).open(authorityOf(target));
    return target.protocol === 'https:' ? connectTo({ ...options, httpSocket: tunnel }) : tunnel;
  }

  async function connect(options: buildConnector.Options, callback: buildConnector.Callback): Promise<void> {
    const [opened] = await Promise.allSettled([open(options)]);
    if (opened.status === 'rejected') return callback(opened.reason, null);
    passOverInterim(opened.value);
    callback(null, opened.value);
  }

  return {
    connect: (options, callback) => void connect(options, callback),
    async close() {
      await Promise.all([...tunnelsByProxy.values()].map((tunnels) => tunnels.close()));
    },
  };
}

function targetOf({ protocol, hostname, port }: buildConnector.Options): Target {
  return { protocol, hostname, port: Number(port) || (DEFAULT_PORTS[protocol] ?? 0) };
}

function authorityOf({ hostname, port }: Target): string {
  return hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
