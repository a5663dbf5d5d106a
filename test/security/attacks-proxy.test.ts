import { parseAddressRange } from '../../src/address-range.ts';
import { post, testAttacks, withHeaders, type Attack } from './attack.ts';

const PAGE = '{ worklist { total } }';

const trustingFor = (...hosts: readonly string[]) => ({
  gateway: { access: { trustedProxies: parseAddressRange('loopback') ?? [], hosts, corsOrigins: [] } },
});
const trusting = trustingFor('gateway.example');

/** The rule, the headers, and whether the page is given. */
const REQUESTS: readonly (readonly [string, Readonly<Record<string, string>>, number, string | null])[] = [
  [
    'a listed host that a trusted proxy passes on is ours',
    { 'x-forwarded-host': 'gateway.example' },
    200,
    null,
  ],
  [
    'another host that a trusted proxy passes on is not ours',
    { 'x-forwarded-host': 'evil.example' },
    421,
    'BAD_REQUEST',
  ],
  [
    'a page under a name of its own cannot pass as a proxy by writing a listed host',
    { host: 'evil.example', 'x-forwarded-host': 'gateway.example', 'sec-fetch-site': 'same-origin' },
    421,
    'BAD_REQUEST',
  ],
  [
    'nor in the newer way',
    { host: 'evil.example', forwarded: 'host=gateway.example', 'sec-fetch-site': 'same-origin' },
    421,
    'BAD_REQUEST',
  ],
  [
    'a page of the passed host under the passed scheme may ask',
    {
      'x-forwarded-host': 'gateway.example',
      'x-forwarded-proto': 'https',
      origin: 'https://gateway.example',
    },
    200,
    null,
  ],
  [
    'a page of the passed host on its usual port may ask',
    {
      'x-forwarded-host': 'gateway.example:443',
      'x-forwarded-proto': 'https',
      origin: 'https://gateway.example',
    },
    200,
    null,
  ],
  [
    'a page of the passed host under another scheme may not ask',
    {
      'x-forwarded-host': 'gateway.example',
      'x-forwarded-proto': 'https',
      origin: 'http://gateway.example',
    },
    403,
    'BAD_REQUEST',
  ],
  [
    'a page of no origin is not ours under a scheme that is none',
    { 'x-forwarded-host': 'gateway.example', 'x-forwarded-proto': 'null', origin: 'null' },
    403,
    'BAD_REQUEST',
  ],
];

testAttacks(
  REQUESTS.map(([rule, headers, status, code]): Attack => {
    return [rule, withHeaders(post(PAGE), headers), status, code, status === 200 ? 1 : 0, trusting];
  }),
);
