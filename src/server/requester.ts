import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { AddressRange } from '../address-range.ts';
import { parseForwarded } from './forwarded.ts';

/** Where a request comes from, and what it asked for, behind all proxies that are trusted. */
export interface Requester {
  /** Of a client, or of the group that it cannot be told from: an IPv6 client has a /64 of its own (RFC 6177). */
  readonly address: string;
  /** In lower case. */
  readonly host: string;
  /** `http` or `https`, where a trusted proxy says it. */
  readonly scheme: string | undefined;
}

export interface RequestOrigin {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/**
 * Tells who asks. What proxies say counts only from those that are trusted: the client is the nearest address that is
 * none of them, so that whatever a client writes itself stands before its own address and is not read.
 */
export function createRequesterOf(trusted: readonly AddressRange[]): (request: RequestOrigin) => Requester {
  const proxies = new BlockList();
  for (const { address, prefixBits, family } of trusted) proxies.addSubnet(address, prefixBits, family);
  const peers = new LRUCache<string, string>({ max: MAX_REMEMBERED_PEERS, memoMethod: normalized });
  const groups = new LRUCache<string, string>({ max: MAX_REMEMBERED_PEERS, memoMethod: groupOf });
  const isTrusted = (address: string) => isIP(address) !== 0 && proxies.check(address, familyOf(address));

  return ({ headers, socket }) => {
    const peer = peers.memo(socket.remoteAddress ?? '');
    const host = headers.host?.toLowerCase() ?? '';
    const forwarded = trusted.length > 0 && isTrusted(peer) ? parseForwarded(headers) : undefined;
    if (forwarded === undefined) return { address: groups.memo(peer), host, scheme: undefined };
    let address = peer;
    let fromEnd = 0;
    for (const said of forwarded.chain.toReversed()) {
      const next = normalized(withoutPort(said));
      // A proxy that does not say who asked it is as near as one can tell.
      if (!isTrusted(address) || isIP(next) === 0) break;
      address = next;
      fromEnd += 1;
    }
    return {
      address: groupOf(address),
      host: forwarded.hostFor(fromEnd) ?? host,
      scheme: forwarded.schemeFor(fromEnd),
    };
  };
}

const MAX_REMEMBERED_PEERS = 1_000;

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

/** An address as it is written alone: `192.0.2.1:80`, `[2001:db8::1]:80` and `[2001:db8::1]` have more. */
function withoutPort(text: string): string {
  return /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
}

/** Without its zone; an IPv4 address that is written as IPv6 is the IPv4 address. */
function normalized(text: string): string {
  const [address = ''] = text.toLowerCase().split('%');
  if (!isIPv6(address)) return address;
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return canonical;
  const bits = [high, low].map((group) => Number.parseInt(group, 16));
  return bits.flatMap((value) => [value >> 8, value & 0xff]).join('.');
}

function groupOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [left = '', right] = address.split('::');
  const before = left === '' ? [] : left.split(':');
  const after = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
