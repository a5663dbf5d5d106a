import { BlockList, isIP } from 'node:net';

/** What is this machine alone, by address (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3). */
export const LOOPBACK_RANGES = [
  { address: '127.0.0.0', family: 'ipv4', prefixBits: 8 },
  { address: '::1', family: 'ipv6', prefixBits: 128 },
] as const;

/** The hosts by which a server that listens on loopback is called, as URLs write them. */
export const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'] as const;

const addresses = new BlockList();
for (const { address, family, prefixBits } of LOOPBACK_RANGES)
  addresses.addSubnet(address, prefixBits, family);

/**
 * Whether a host is this machine alone: `localhost`, or an address of loopback, IPv6 with brackets or without. Not
 * names below `localhost`: some resolvers ask the DNS for them, where anybody may answer (RFC 6761, section 6.3, only
 * says that they should not).
 */
export function isLoopbackHost(host: string): boolean {
  const [, address = host] = /^\[(.*)\]$/.exec(host) ?? [];
  const family = isIP(address);
  if (family === 0) return host.toLowerCase() === 'localhost';
  return addresses.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
