import { expect, test } from 'vitest';
import { parse, problems } from './set-up.ts';

const JWT = {
  GATEWAY_AUTH: 'jwt',
  GATEWAY_JWT_JWKS_URL: 'https://issuer.example/keys',
  GATEWAY_JWT_ISSUER: 'https://issuer.example',
  GATEWAY_JWT_AUDIENCE: 'gateway',
};

test('the words of a token are permissions in its scope, where nothing else is set', () => {
  expect(parse(JWT).access.callers).toMatchObject({ claim: 'scope', permissions: undefined });
});

test('another claim, and what its words permit, can be set', () => {
  const settings = {
    ...JWT,
    GATEWAY_JWT_CLAIM: 'https://example.com/roles',
    GATEWAY_JWT_PERMISSIONS:
      'Worklist.Read = worklist:read  token:read; a b=token:reveal;\nhttps://x/?y=z=token:read\n',
  };
  expect(parse(settings).access.callers).toMatchObject({
    claim: 'https://example.com/roles',
    permissions: new Map([
      ['Worklist.Read', ['worklist:read', 'token:read']],
      ['a b', ['token:reveal']],
      ['https://x/?y=z', ['token:read']],
    ]),
  });
});

test.each([
  ['Reader', 'word 1 must be written as WORD=PERMISSION'],
  ['=worklist:read', 'word 1 must be written as WORD=PERMISSION'],
  ['a=worklist:read; b=', 'word 2 must stand for one or more of worklist:read, token:read, token:reveal'],
  ['a=worklist:write', 'word 1 must stand for one or more of worklist:read, token:read, token:reveal'],
  [
    'a=worklist:read,token:read',
    'word 1 must stand for one or more of worklist:read, token:read, token:reveal',
  ],
  ['a=worklist:read;a=token:read', 'word 2 must be there once, with all its permissions'],
  [';', 'must hold a word, such as Worklist.Read=worklist:read'],
])('the words %j are refused', (text, rule) => {
  expect(problems({ ...JWT, GATEWAY_JWT_PERMISSIONS: text })).toEqual([`GATEWAY_JWT_PERMISSIONS ${rule}`]);
});

test.each(['GATEWAY_JWT_CLAIM', 'GATEWAY_JWT_PERMISSIONS'])('%s is of no use without JWTs', (variable) => {
  expect(problems({ [variable]: 'a=token:read' })).toEqual([`${variable} needs GATEWAY_AUTH to be jwt`]);
});

test('proxies are trusted by address, by range, and on this machine; none where nothing is set', () => {
  expect(parse({}).access.trustedProxies).toEqual([]);
  expect(
    parse({ GATEWAY_TRUSTED_PROXIES: '10.0.0.0/8, 192.0.2.1 ,FD00::/8,Loopback' }).access.trustedProxies,
  ).toEqual([
    { address: '10.0.0.0', family: 'ipv4', prefixBits: 8 },
    { address: '192.0.2.1', family: 'ipv4', prefixBits: 32 },
    { address: 'fd00::', family: 'ipv6', prefixBits: 8 },
    { address: '127.0.0.0', family: 'ipv4', prefixBits: 8 },
    { address: '::1', family: 'ipv6', prefixBits: 128 },
  ]);
});

test.each(['proxy.example', '10.0.0.0/33', ',', '*', '10.0.0.1 10.0.0.2'])(
  '%j names no proxies that can be told by address',
  (text) => {
    expect(problems({ GATEWAY_TRUSTED_PROXIES: text })).toEqual([
      'GATEWAY_TRUSTED_PROXIES must be a comma separated list of addresses, ranges such as 10.0.0.0/8, or loopback',
    ]);
  },
);
