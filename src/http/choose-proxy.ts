import { BlockList, isIP } from 'node:net';
import { isLoopbackHost } from '../loopback.ts';
import type { ProxySettings } from '../proxy.ts';

/** Where a connection is to go. */
export interface Target {
  readonly protocol: string;
  /** Without brackets where it is an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
}

/**
 * Gives the proxy for a target, or `undefined` where it is reached directly, by curl's rules for `NO_PROXY`: `*`, or
 * hosts (each with its subdomains), `HOST:PORT`, addresses and CIDR ranges, separated by commas or blanks. Other than
 * with curl, loopback is always reached directly: a proxy elsewhere cannot reach it, and the sandbox lives there.
 */
export function createProxyChoice({ https, http, except }: ProxySettings): (to: Target) => URL | undefined {
  const isDirect = createExceptions(except);
  return (target) => {
    const proxy = target.protocol === 'https:' ? https : http;
    return proxy === undefined || isLoopbackHost(target.hostname) || isDirect(target)
      ? undefined
      : new URL(proxy.reveal());
  };
}

function createExceptions(list: string): (target: Target) => boolean {
  const entries = list.toLowerCase().split(/[\s,]+/);
  const addresses = new BlockList();
  const hosts: { readonly host: string; readonly port: number | undefined }[] = [];
  for (const entry of entries) {
    const [, range = '', prefix = ''] = /^(.+)\/(\d{1,3})$/.exec(entry) ?? [];
    const [, bracketed, host = bracketed, port] =
      /^(?:\[(.+)\]|(?:\*?\.)?([^:]+?)\.?)(?::(\d+))?$/.exec(entry) ?? [];
    if (isIP(range) !== 0 && Number(prefix) <= (isIP(range) === 4 ? 32 : 128)) {
      addresses.addSubnet(range, Number(prefix), familyOf(range));
    } else if (isIP(entry) !== 0) {
      addresses.addAddress(entry, familyOf(entry));
    } else if (host !== undefined) {
      hosts.push({ host, port: port === undefined ? undefined : Number(port) });
    }
  }

  return ({ hostname, port }) => {
    const name = hostname.toLowerCase().replace(/\.$/, '');
    if (entries.includes('*')) return true;
    if (isIP(name) !== 0 && addresses.check(name, familyOf(name))) return true;
    return hosts.some(
      (each) =>
        (each.port === undefined || each.port === port) &&
        (name === each.host || name.endsWith(`.${each.host}`)),
    );
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
