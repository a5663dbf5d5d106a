import { get, post, testAttacks, withHeaders, type Attack } from './attack.ts';
import { API_KEYS, LISTER_KEY, POWERLESS_KEY, READER_KEY, WATCHER_KEY } from './keys.ts';
import type { WireRequest } from './wire.ts';

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
  [
    'the token is kept from a reader',
    reader('{ token { accessToken } }'),
    200,
    'FORBIDDEN',
    0,
    { ...withKeys, answer: FORBIDDEN_TOKEN },
  ],
  [
    'the token is kept under another name',
    reader('{ t: token { t: accessToken } }'),
    200,
    'FORBIDDEN',
    0,
    { ...withKeys, answer: FORBIDDEN_TOKEN },
  ],
  [
    'the token is kept in a fragment',
    reader('{ token { ...F } } fragment F on Token { accessToken }'),
    200,
    'FORBIDDEN',
    0,
    { ...withKeys, answer: FORBIDDEN_TOKEN },
  ],
  [
    'the token is kept in a fragment without a name',
    reader('{ ... on Query { token { ... on Token { accessToken } } } }'),
    200,
    'FORBIDDEN',
    0,
    { ...withKeys, answer: FORBIDDEN_TOKEN },
  ],
  [
    'the token is kept under a directive',
    reader('query ($y: Boolean = true) { token { accessToken @include(if: $y) } }'),
    200,
    'FORBIDDEN',
    0,
    { ...withKeys, answer: FORBIDDEN_TOKEN },
  ],
  [
    'the token is kept beside a field that is not',
    reader('{ token { accessToken tokenType } }'),
    200,
    'FORBIDDEN',
    0,
    { ...withKeys, answer: /"accessToken":null,"tokenType":"Bearer"/ },
  ],
  [
    'the token is kept from who may only list',
    askedBy(LISTER_KEY, '{ token { accessToken } }'),
    200,
    'FORBIDDEN',
    0,
    { ...withKeys, answer: /"token":null/ },
  ],
  [
    'the list is kept from who may only watch the token',
    askedBy(WATCHER_KEY, PAGE),
    200,
    'FORBIDDEN',
    0,
    { ...withKeys, answer: /"worklist":null/ },
  ],
  [
    'everything is kept from who may nothing',
    askedBy(POWERLESS_KEY, '{ worklist { total } token { tokenType } }'),
    200,
    'FORBIDDEN',
    0,
    { ...withKeys, answer: /"worklist":null,"token":null/ },
  ],
  [
    'the token is kept from everybody where GoSpeech is real',
    post('{ token { accessToken } }'),
    200,
    'FORBIDDEN',
    0,
    { gateway: { isSandbox: false }, answer: FORBIDDEN_TOKEN },
  ],
  [
    'there is no refresh token to read',
    reader('{ token { refreshToken } }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
    0,
    withKeys,
  ],

  // The schema, where it is not shown
  [
    'introspection is refused where it is off',
    post('{ __schema { types { name } } }'),
    400,
    'FORBIDDEN',
    0,
    closed,
  ],
  [
    'introspection under another name is refused',
    post('{ a: __type(name: "Token") { name } }'),
    400,
    'FORBIDDEN',
    0,
    closed,
  ],
  [
    'introspection in a fragment is refused',
    post('{ ...F } fragment F on Query { __schema { types { name } } }'),
    400,
    'FORBIDDEN',
    0,
    closed,
  ],
  [
    'introspection in an operation that is not chosen is refused',
    post('query A { __typename } query B { __schema { types { name } } }', { operationName: 'A' }),
    400,
    'FORBIDDEN',
    0,
    closed,
  ],
  [
    'introspection by GET is refused',
    get({ query: '{ __schema { types { name } } }' }),
    400,
    'FORBIDDEN',
    0,
    closed,
  ],
  [
    'introspection between line ends is refused',
    post('{\r\n\t,,__schema#\n{ types { name } } }'),
    400,
    'FORBIDDEN',
    0,
    closed,
  ],
  [
    'introspection is refused to who may nothing',
    askedBy(POWERLESS_KEY, '{ __schema { types { name } } }'),
    400,
    'FORBIDDEN',
    0,
    withKeys,
  ],
  ...[
    '{ worklis { total } }',
    '{ worklist { tota } }',
    '{ worklist(limi: 1) { total } }',
    '{ worklist }',
    '{ ... on Worklis { total } }',
    'query ($n: Itn) { worklist(limit: $n) { total } }',
  ].map((query): Attack => [
    `names are not suggested where introspection is off: ${query}`,
    post(query),
    400,
    'GRAPHQL_VALIDATION_FAILED',
    0,
    // Of fields that need a selection, GraphQL repeats what the client wrote.
    { ...closed, answer: /^(?!.*Did you mean (?!\\"worklist \{ \.\.\. \}))/ },
  ]),
]);
