import { isIP } from 'node:net';
import { LOOPBACK_RANGES } from './loopback.ts';

/** One address, or all that begin like it (CIDR, RFC 4632). */
export interface AddressRange {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  /** How many of its bits count. */
  readonly prefixBits: number;
}

/** Parses an address, a range such as `10.0.0.0/8`, or `loopback`; `undefined` for anything else. */
export function parseAddressRange(text: string): readonly AddressRange[] | undefined {
  if (text === 'loopback') return LOOPBACK_RANGES;
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return undefined;
  const maxBits = version === 4 ? 32 : 128;
  const prefixBits = prefix === undefined ? maxBits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Infinity;
  if (prefixBits > maxBits) return undefined;
  return [{ address, family: version === 4 ? 'ipv4' : 'ipv6', prefixBits }];
}
