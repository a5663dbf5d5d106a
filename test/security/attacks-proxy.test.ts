import { parseAddressRange } from '../../src/address-range.ts';
import { post, testAttacks, withHeaders, type Attack } from './attack.ts';

const PAGE = '{ worklist { total } }';

const trustingFor = (...hosts: readonly string[]) => ({
  gateway: { access: { trustedProxies: parseAddressRange('loopback') ?? [], hosts, corsOrigins: [] } },
});
const trusting = trustingFor('gateway.example');

interface ProxiedRequest extends Pick<Attack, 'rule' | 'status' | 'code'> {
  readonly headers: Readonly<Record<string, string>>;
}

const REQUESTS: readonly ProxiedRequest[] = [
  {
    rule: 'a listed host that a trusted proxy passes on is ours',
    headers: { 'x-forwarded-host': 'gateway.example' },
    status: 200,
  },
  {
    rule: 'another host that a trusted proxy passes on is not ours',
    headers: { 'x-forwarded-host': 'evil.example' },
    status: 421,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a page under a name of its own cannot pass as a proxy by writing a listed host',
    headers: { host: 'evil.example', 'x-forwarded-host': 'gateway.example', 'sec-fetch-site': 'same-origin' },
    status: 421,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'nor in the newer way',
    headers: { host: 'evil.example', forwarded: 'host=gateway.example', 'sec-fetch-site': 'same-origin' },
    status: 421,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a page of the passed host under the passed scheme may ask',
    headers: {
      'x-forwarded-host': 'gateway.example',
      'x-forwarded-proto': 'https',
      origin: 'https://gateway.example',
    },
    status: 200,
  },
  {
    rule: 'a page of the passed host on its usual port may ask',
    headers: {
      'x-forwarded-host': 'gateway.example:443',
      'x-forwarded-proto': 'https',
      origin: 'https://gateway.example',
    },
    status: 200,
  },
  {
    rule: 'a page of the passed host under another scheme may not ask',
    headers: {
      'x-forwarded-host': 'gateway.example',
      'x-forwarded-proto': 'https',
      origin: 'http://gateway.example',
    },
    status: 403,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a page of no origin is not ours under a scheme that is none',
    headers: { 'x-forwarded-host': 'gateway.example', 'x-forwarded-proto': 'null', origin: 'null' },
    status: 403,
    code: 'BAD_REQUEST',
  },
];

testAttacks(
  REQUESTS.map(({ rule, headers, status, code }): Attack => ({
    rule,
    request: withHeaders(post(PAGE), headers),
    status,
    code,
    calls: status === 200 ? 1 : 0,
    ...trusting,
  })),
);
