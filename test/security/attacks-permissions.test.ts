import { get, post, testAttacks, withHeaders, type Attack } from './attack.ts';
import { API_KEYS, LISTER_KEY, POWERLESS_KEY, READER_KEY, WATCHER_KEY } from './keys.ts';
import type { WireRequest } from '../support/wire.ts';

const PAGE = '{ worklist { total } }';
const FORBIDDEN_TOKEN = /"accessToken":null|"t":null/;

const withKeys = { gateway: { access: { callers: API_KEYS } } };
const closed = { gateway: { api: { introspection: false } } };

/** A POST by who has this key. */
function askedBy(key: string, query: string): WireRequest {
  return withHeaders(post(query), { 'x-api-key': key });
}

function reader(query: string): WireRequest {
  return askedBy(READER_KEY, query);
}

testAttacks([
  // The token, by those who may not read it
  {
    rule: 'the token is kept from a reader',
    request: reader('{ token { accessToken } }'),
    status: 200,
    code: 'FORBIDDEN',
    ...withKeys,
    body: FORBIDDEN_TOKEN,
  },
  {
    rule: 'the token is kept under another name',
    request: reader('{ t: token { t: accessToken } }'),
    status: 200,
    code: 'FORBIDDEN',
    ...withKeys,
    body: FORBIDDEN_TOKEN,
  },
  {
    rule: 'the token is kept in a fragment',
    request: reader('{ token { ...F } } fragment F on Token { accessToken }'),
    status: 200,
    code: 'FORBIDDEN',
    ...withKeys,
    body: FORBIDDEN_TOKEN,
  },
  {
    rule: 'the token is kept in a fragment without a name',
    request: reader('{ ... on Query { token { ... on Token { accessToken } } } }'),
    status: 200,
    code: 'FORBIDDEN',
    ...withKeys,
    body: FORBIDDEN_TOKEN,
  },
  {
    rule: 'the token is kept under a directive',
    request: reader('query ($y: Boolean = true) { token { accessToken @include(if: $y) } }'),
    status: 200,
    code: 'FORBIDDEN',
    ...withKeys,
    body: FORBIDDEN_TOKEN,
  },
  {
    rule: 'the token is kept beside a field that is not',
    request: reader('{ token { accessToken tokenType } }'),
    status: 200,
    code: 'FORBIDDEN',
    ...withKeys,
    body: /"accessToken":null,"tokenType":"Bearer"/,
  },
  {
    rule: 'the token is kept from who may only list',
    request: askedBy(LISTER_KEY, '{ token { accessToken } }'),
    status: 200,
    code: 'FORBIDDEN',
    ...withKeys,
    body: /"token":null/,
  },
  {
    rule: 'the list is kept from who may only watch the token',
    request: askedBy(WATCHER_KEY, PAGE),
    status: 200,
    code: 'FORBIDDEN',
    ...withKeys,
    body: /"worklist":null/,
  },
  {
    rule: 'everything is kept from who may nothing',
    request: askedBy(POWERLESS_KEY, '{ worklist { total } token { tokenType } }'),
    status: 200,
    code: 'FORBIDDEN',
    ...withKeys,
    body: /"worklist":null,"token":null/,
  },
  {
    rule: 'the token is kept from everybody where GoSpeech is real',
    request: post('{ token { accessToken } }'),
    status: 200,
    code: 'FORBIDDEN',
    gateway: { isSandbox: false },
    body: FORBIDDEN_TOKEN,
  },
  {
    rule: 'there is no refresh token to read',
    request: reader('{ token { refreshToken } }'),
    status: 400,
    code: 'GRAPHQL_VALIDATION_FAILED',
    ...withKeys,
  },

  // The schema, where it is not shown
  {
    rule: 'introspection is refused where it is off',
    request: post('{ __schema { types { name } } }'),
    status: 400,
    code: 'FORBIDDEN',
    ...closed,
  },
  {
    rule: 'introspection under another name is refused',
    request: post('{ a: __type(name: "Token") { name } }'),
    status: 400,
    code: 'FORBIDDEN',
    ...closed,
  },
  {
    rule: 'introspection in a fragment is refused',
    request: post('{ ...F } fragment F on Query { __schema { types { name } } }'),
    status: 400,
    code: 'FORBIDDEN',
    ...closed,
  },
  {
    rule: 'introspection in an operation that is not chosen is refused',
    request: post('query A { __typename } query B { __schema { types { name } } }', { operationName: 'A' }),
    status: 400,
    code: 'FORBIDDEN',
    ...closed,
  },
  {
    rule: 'introspection by GET is refused',
    request: get({ query: '{ __schema { types { name } } }' }),
    status: 400,
    code: 'FORBIDDEN',
    ...closed,
  },
  {
    rule: 'introspection between line ends is refused',
    request: post('{\r\n\t,,__schema#\n{ types { name } } }'),
    status: 400,
    code: 'FORBIDDEN',
    ...closed,
  },
  {
    rule: 'introspection is refused to who may nothing',
    request: askedBy(POWERLESS_KEY, '{ __schema { types { name } } }'),
    status: 400,
    code: 'FORBIDDEN',
    ...withKeys,
  },
  ...[
    '{ worklis { total } }',
    '{ worklist { tota } }',
    '{ worklist(limi: 1) { total } }',
    '{ worklist }',
    '{ ... on Worklis { total } }',
    'query ($n: Itn) { worklist(limit: $n) { total } }',
  ].map((query): Attack => ({
    rule: `names are not suggested where introspection is off: ${query}`,
    request: post(query),
    status: 400,
    code: 'GRAPHQL_VALIDATION_FAILED',
    ...closed,
    // Of fields that need a selection, GraphQL repeats what the client wrote.
    body: /^(?!.*Did you mean (?!\\"worklist \{ \.\.\. \}))/,
  })),
]);
