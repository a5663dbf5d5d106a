import { digestOf } from '../../src/api-key.ts';
import { get, hash, post, testAttacks, withHeaders, type Attack } from './attack.ts';
import { API_KEYS, OPERATOR_KEY } from './keys.ts';
import type { WireRequest } from '../support/wire.ts';

const PAGE = '{ worklist { total } }';

const withKeys = { gateway: { access: { callers: API_KEYS } } };

/** Credentials that open nothing, in every form in which they may come. */
const credentials: readonly (readonly [what: string, headers: WireRequest['headers']])[] = [
  ['no credentials', {}],
  ['an empty Authorization', { authorization: '' }],
  ['a scheme without a key', { authorization: 'Bearer' }],
  ['a scheme and spaces', { authorization: 'Bearer    ' }],
  ['a wrong key', { authorization: 'Bearer wrong' }],
  ['a key without its scheme', { authorization: OPERATOR_KEY }],
  ['a key in the scheme of passwords', { authorization: `Basic ${btoa(`${OPERATOR_KEY}:`)}` }],
  ['a key in a scheme of its own', { authorization: `ApiKey ${OPERATOR_KEY}` }],
  ['a key with a word behind it', { authorization: `Bearer ${OPERATOR_KEY} x` }],
  ['a key in quotes', { authorization: `Bearer "${OPERATOR_KEY}"` }],
  ['a key that lacks its end', { authorization: `Bearer ${OPERATOR_KEY.slice(0, -1)}` }],
  ['a key in large letters', { authorization: `Bearer ${OPERATOR_KEY.toUpperCase()}` }],
  ['the hash of a key', { authorization: `Bearer ${digestOf(OPERATOR_KEY).toString('hex')}` }],
  ['the name of a key', { authorization: 'Bearer operator' }],
  ['a wrong x-api-key', { 'x-api-key': 'wrong' }],
  ['an empty x-api-key', { 'x-api-key': '' }],
  ['two x-api-keys', { 'x-api-key': ['wrong', OPERATOR_KEY] }],
  ['a wrong key before a right x-api-key', { authorization: 'Bearer wrong', 'x-api-key': OPERATOR_KEY }],
  ['a key in a cookie', { cookie: `x-api-key=${OPERATOR_KEY}; access_token=${OPERATOR_KEY}` }],
  ['a key for a proxy', { 'proxy-authorization': `Bearer ${OPERATOR_KEY}` }],
  ['the word of a trusted proxy', { 'x-forwarded-user': 'operator', 'x-forwarded-for': '127.0.0.1' }],
  ['a key of 10 kB', { authorization: `Bearer ${'a'.repeat(10_000)}` }],
  ['a key made to be SQL', { authorization: "Bearer 'OR'1'='1" }],
  [
    'a JWT in place of a key',
    { authorization: `Bearer ${btoa('{"alg":"none"}')}.${btoa('{"sub":"operator"}')}.` },
  ],
];

testAttacks([
  // Credentials
  ...credentials.map(([what, headers]): Attack => ({
    rule: `${what}: refused`,
    request: withHeaders(post(PAGE), headers),
    status: 401,
    code: 'UNAUTHENTICATED',
    ...withKeys,
  })),
  {
    rule: 'a key in the address: refused',
    request: get({ query: PAGE, access_token: OPERATOR_KEY, 'x-api-key': OPERATOR_KEY }),
    status: 401,
    code: 'UNAUTHENTICATED',
    ...withKeys,
  },
  {
    rule: 'a key among the variables: refused',
    request: post(PAGE, { extensions: { 'x-api-key': OPERATOR_KEY } }),
    status: 401,
    code: 'UNAUTHENTICATED',
    ...withKeys,
  },
  {
    rule: 'a stranger is not told whether a document is right',
    request: post('{ nothing'),
    status: 401,
    code: 'UNAUTHENTICATED',
    ...withKeys,
  },
  {
    rule: 'a stranger is not told the schema',
    request: post('{ __schema { queryType { name } } }'),
    status: 401,
    code: 'UNAUTHENTICATED',
    ...withKeys,
  },
  {
    rule: 'a stranger is not told whether a hash is known',
    request: post(undefined, hash('x')),
    status: 401,
    code: 'UNAUTHENTICATED',
    ...withKeys,
  },
]);
