import { expect, test } from 'vitest';
import { parseAddressRange } from '../../src/address-range.ts';
import { createRequesterOf } from '../../src/server/requester.ts';

const PROXY = '10.0.0.1';

/** Who asks, where `trusted` counts. */
function requesterOf(
  remoteAddress: string | undefined,
  headers: Readonly<Record<string, string>> = {},
  trusted = ['10.0.0.0/8', 'loopback', 'fd00::/8'],
) {
  const ranges = trusted.flatMap((text) => parseAddressRange(text) ?? []);
  return createRequesterOf(ranges)({ headers: { host: 'Gateway', ...headers }, socket: { remoteAddress } });
}

const CLIENT = '192.0.2.7';

test.each<readonly [what: string, peer: string, headers: Readonly<Record<string, string>>, address: string]>([
  ['a client without a proxy', CLIENT, {}, CLIENT],
  ['a client that says to be another', CLIENT, { 'x-forwarded-for': '198.51.100.1' }, CLIENT],
  ['a client that says to be another in the newer way', CLIENT, { forwarded: 'for=198.51.100.1' }, CLIENT],
  ['a client that says to be a proxy', CLIENT, { 'x-forwarded-for': PROXY }, CLIENT],
  ['a proxy that says nothing', PROXY, {}, PROXY],
  ['a client behind a proxy', PROXY, { 'x-forwarded-for': CLIENT }, CLIENT],
  ['a client behind two proxies', PROXY, { 'x-forwarded-for': `${CLIENT}, 10.9.9.9` }, CLIENT],
  ['a client that puts others before itself', PROXY, { 'x-forwarded-for': `1.1.1.1, ${CLIENT}` }, CLIENT],
  ['a client that puts proxies before itself', PROXY, { 'x-forwarded-for': `10.1.1.1, ${CLIENT}` }, CLIENT],
  [
    'a client behind a proxy of no trust',
    PROXY,
    { 'x-forwarded-for': `1.1.1.1, ${CLIENT}, ${PROXY}` },
    CLIENT,
  ],
  ['a proxy that is the client', PROXY, { 'x-forwarded-for': '10.2.2.2' }, '10.2.2.2'],
  ['a proxy on this machine', '127.0.0.1', { 'x-forwarded-for': CLIENT }, CLIENT],
  ['a proxy on this machine, in IPv6', '::1', { 'x-forwarded-for': CLIENT }, CLIENT],
  ['a proxy on this machine, on a socket of IPv6', '::ffff:127.0.0.1', { 'x-forwarded-for': CLIENT }, CLIENT],
  ['a port behind the address', PROXY, { 'x-forwarded-for': `${CLIENT}:4711` }, CLIENT],
  ['an address that is none', PROXY, { 'x-forwarded-for': `1.1.1.1, unknown` }, PROXY],
  ['an address that is none, before a proxy', PROXY, { 'x-forwarded-for': `unknown, 10.9.9.9` }, '10.9.9.9'],
  ['no address', PROXY, { 'x-forwarded-for': '' }, PROXY],
  ['the newer header', PROXY, { forwarded: `for=${CLIENT};proto=https` }, CLIENT],
  ['the newer header with quotes', PROXY, { forwarded: `For="${CLIENT}:80"` }, CLIENT],
  ['the newer header with a spoofed begin', PROXY, { forwarded: `for=1.1.1.1, for=${CLIENT}` }, CLIENT],
  ['the newer header with an open quote before', PROXY, { forwarded: `for="1.1.1.1, for=${CLIENT}` }, PROXY],
  [
    'the newer header with a quote that a proxy closes unawares',
    PROXY,
    { forwarded: 'for=1.1.1.1;x=", for="[2001:db8::1]:80"' },
    PROXY,
  ],
  [
    'the newer header with an open quote before a bare address',
    PROXY,
    { forwarded: `for=1.1.1.1;x=", for=${CLIENT}` },
    PROXY,
  ],
  ['the newer header with a comma in quotes', PROXY, { forwarded: `for=${CLIENT};x="a, \\" b"` }, CLIENT],
  [
    'the newer header with spaces',
    PROXY,
    { forwarded: `for=1.1.1.1 ,\t for=${CLIENT} ; proto=https ` },
    CLIENT,
  ],
  ['the newer header that hides the client', PROXY, { forwarded: 'for=_hidden' }, PROXY],
  [
    'both headers, of which one is passed on',
    PROXY,
    { forwarded: 'for=1.1.1.1', 'x-forwarded-for': CLIENT },
    PROXY,
  ],
  ['a client in IPv6', '2001:db8:1:2:3:4:5:6', {}, '2001:db8:1:2::/64'],
  ['its neighbour', '2001:DB8:1:2::9', {}, '2001:db8:1:2::/64'],
  ['another network', '2001:db8:1:3::9', {}, '2001:db8:1:3::/64'],
  ['a short network', '2001:db8::1', {}, '2001:db8:0:0::/64'],
  ['a client in IPv6 with its zone', 'fe80::1%eth0', {}, 'fe80:0:0:0::/64'],
  [
    'a client in IPv6 behind a proxy',
    'fd00::1',
    { forwarded: 'for="[2001:db8::1]:80"' },
    '2001:db8:0:0::/64',
  ],
  ['IPv4 written as IPv6', '::ffff:192.0.2.7', {}, CLIENT],
  ['IPv4 written as IPv6 in groups', PROXY, { 'x-forwarded-for': '::ffff:c000:207' }, CLIENT],
])('the address of %s', (_what, peer, headers, address) => {
  expect(requesterOf(peer, headers).address).toBe(address);
});

test.each<readonly [what: string, peer: string, headers: Readonly<Record<string, string>>, host: string]>([
  ['no proxy', CLIENT, { 'x-forwarded-host': 'other', forwarded: 'host=other' }, 'gateway'],
  ['a proxy that says nothing', PROXY, {}, 'gateway'],
  ['a proxy', PROXY, { 'x-forwarded-host': 'Public.example:8443' }, 'public.example:8443'],
  ['a proxy, appended to what a client says', PROXY, { 'x-forwarded-host': 'evil, public' }, 'public'],
  ['the newer header', PROXY, { forwarded: `for=${CLIENT};host="Public:8443"` }, 'public:8443'],
  [
    'the element of the client',
    PROXY,
    { forwarded: `for=1.1.1.1;host=evil, for=${CLIENT};host=public` },
    'public',
  ],
  ['the outer of two', PROXY, { forwarded: `for=${CLIENT};host=public, for=10.9.9.9;host=inner` }, 'public'],
  [
    'the nearest proxy, where it hides who asked',
    PROXY,
    { forwarded: 'for=_me;host=good.example, for=_hidden;host=evil.example' },
    'evil.example',
  ],
  ['both', PROXY, { forwarded: 'host=evil', 'x-forwarded-host': 'public' }, 'gateway'],
])('the host as it is said by %s', (_what, peer, headers, host) => {
  expect(requesterOf(peer, headers).host).toBe(host);
});

test('the scheme is known where a trusted proxy says it', () => {
  expect(requesterOf(PROXY, { 'x-forwarded-proto': 'HTTPS' }).scheme).toBe('https');
  expect(requesterOf(PROXY, { forwarded: `for=${CLIENT};proto=https` }).scheme).toBe('https');
  expect(requesterOf(CLIENT, { 'x-forwarded-proto': 'https' }).scheme).toBeUndefined();
});

test('the scheme is the nearest proxy’s own where it hides who asked', () => {
  const forwarded = 'for=_me;proto=https, for=_hidden;proto=http';
  expect(requesterOf(PROXY, { forwarded }).scheme).toBe('http');
});

// Long enough that more than one reading would never end.
test.each([
  ['spaces before no pair', `for=1.1.1.1,${' '.repeat(400_000)}x y`],
  ['spaces behind a pair', `for=${' '.repeat(400_000)}x`],
  ['escapes in an open quote', `for="${'\\"'.repeat(200_000)}`],
  ['a name without a value', 'x'.repeat(400_000)],
  ['a value without an end', `for=${'x'.repeat(400_000)} y`],
])('a newer header that does not fit is read once: %s', (_what, forwarded) => {
  expect(requesterOf(PROXY, { forwarded }).address).toBe(PROXY);
});

test('nobody is trusted where nobody is named', () => {
  expect(requesterOf('127.0.0.1', { 'x-forwarded-for': CLIENT }, []).address).toBe('127.0.0.1');
});

test('a connection without an address is nobody’s', () => {
  expect(requesterOf(undefined, { 'x-forwarded-for': CLIENT }).address).toBe('');
});

test.each([
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  '10.0.0',
  'localhost',
  '::1%lo',
  '',
  '10.0.0.0/1e1',
])('%j is no range of addresses', (text) => {
  expect(parseAddressRange(text)).toBeUndefined();
});
