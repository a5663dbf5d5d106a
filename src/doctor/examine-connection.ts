import { promises as dns } from 'node:dns';
import { isIP, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { GatewayError } from '../errors.ts';
import { createConnections } from '../http/create-connect.ts';
import { createProxyChoice, type Target } from '../http/choose-proxy.ts';
import { GOSPEECH, transportFailure } from '../http/transport-failure.ts';
import type { ProxySettings } from '../proxy.ts';
import { failure } from './failure.ts';
import type { Finding } from './finding.ts';

/** A certificate that ends sooner is worth a word. */
const SOON_DAYS = 14;
const DAY_MS = 86_400_000;

/** Looks a host up, connects to it, through the proxy that is set for it, and looks at its certificate. */
export async function examineConnection(
  url: URL,
  proxies: ProxySettings | undefined,
  nowMs: number,
): Promise<readonly Finding[]> {
  const target = targetOf(url);
  const proxy = proxies === undefined ? undefined : createProxyChoice(proxies)(target);
  const way: Finding =
    proxy === undefined
      ? await lookUp(target.hostname)
      : { verdict: 'ok', step: 'Proxy', text: `${url.host} is reached through ${proxy.origin}` };
  if (way.verdict === 'failed') return [way];
  return [way, await connect(url, target, proxies, nowMs)];
}

async function lookUp(hostname: string): Promise<Finding> {
  if (isIP(hostname) !== 0) return { verdict: 'ok', step: 'DNS', text: `${hostname} is an address` };
  try {
    const found = await dns.lookup(hostname, { all: true });
    return {
      verdict: 'ok',
      step: 'DNS',
      text: `${hostname} is ${found.map(({ address }) => address).join(', ')}`,
    };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
    return {
      verdict: 'failed',
      step: 'DNS',
      text: `${hostname} has no address (${code})`,
      details: [`Check ${GOSPEECH.settings}, and the name servers of this machine.`],
    };
  }
}

async function connect(
  url: URL,
  { protocol, hostname, port }: Target,
  proxies: ProxySettings | undefined,
  nowMs: number,
): Promise<Finding> {
  const connections = createConnections(proxies);
  try {
    const socket = await new Promise<Socket>((resolve, reject) => {
      connections.connect({ protocol, hostname, host: url.host, port: String(port) }, (error, opened) => {
        if (opened === null) reject(error);
        else resolve(opened);
      });
    });
    const finding = describeSocket(url, socket, nowMs);
    socket.destroy();
    return finding;
  } catch (error) {
    const known = error instanceof GatewayError ? error : transportFailure(error, GOSPEECH);
    return failure(protocol === 'https:' ? 'TLS' : 'Connection', known);
  } finally {
    await connections.close();
  }
}

function describeSocket({ host }: URL, socket: Socket, nowMs: number): Finding {
  if (!(socket instanceof TLSSocket)) {
    return { verdict: 'ok', step: 'Connection', text: `${host} takes connections, without TLS` };
  }
  const { valid_to: validTo, issuer } = socket.getPeerCertificate();
  const days = Math.floor((Date.parse(validTo) - nowMs) / DAY_MS);
  const by = issuer.O ?? issuer.CN ?? 'somebody without a name';
  return {
    verdict: days < SOON_DAYS ? 'note' : 'ok',
    step: 'TLS',
    text: `${host} has a certificate of ${String(by)}, valid for ${days} days more (${socket.getProtocol() ?? ''})`,
  };
}

function targetOf({ protocol, hostname, port }: URL): Target {
  return {
    protocol,
    hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
  };
}
