import { documentHash } from '../../src/document-hash.ts';
import { get, hash, post, postText, testAttacks } from './attack.ts';

const TOKEN = '{ token { tokenType } }';
const PAGE = '{ worklist { total } }';
const ANSWER = /^\{"data":\{"token":\{"tokenType":"Bearer"\}\}\}$/;

const batching = { gateway: { api: { batchLimit: 10 } } };

function batch(...operations: readonly unknown[]) {
  return postText(JSON.stringify(operations));
}

testAttacks([
  // Bodies
  ['a batch is refused where there are none', batch({ query: PAGE }, { query: PAGE }), 400, 'BAD_REQUEST', 0],
  [
    'a batch of 11 is refused',
    batch(...Array.from({ length: 11 }, () => ({ query: PAGE }))),
    413,
    'BAD_REQUEST',
    0,
    batching,
  ],
  [
    'a batch of ten is answered',
    batch(...Array.from({ length: 10 }, () => ({ query: PAGE }))),
    200,
    null,
    1,
    batching,
  ],
  ['a batch of nothing is refused', batch(), 400, 'BAD_REQUEST', 0, batching],
  ['a null in a batch is refused', batch(null), 200, 'BAD_REQUEST', 0, batching],
  ['a batch in a batch is refused', batch([{ query: PAGE }]), 200, 'BAD_REQUEST', 0, batching],
  [
    'a body of 100 kB is refused by its length',
    post(TOKEN, { variables: { x: 'x'.repeat(100_000) } }),
    413,
    'REQUEST_ENTITY_TOO_LARGE',
    0,
  ],
  [
    'a body of 100 kB in pieces is refused',
    {
      ...post(TOKEN, { variables: { x: 'x'.repeat(100_000) } }),
      headers: {
        'content-type': 'application/json',
        'content-length': undefined,
        'transfer-encoding': 'chunked',
      },
    },
    413,
    'REQUEST_ENTITY_TOO_LARGE',
    0,
  ],
  [
    'a body of 10 MB is refused',
    post(TOKEN, { variables: { x: 'x'.repeat(10_000_000) } }),
    413,
    'REQUEST_ENTITY_TOO_LARGE',
    0,
  ],
  [
    '90 kB of variables that nothing uses are ignored',
    post(TOKEN, { variables: { x: 'x'.repeat(90_000) } }),
    200,
    null,
    0,
  ],
  ['what is no JSON is refused', postText('<query/>'), 400, 'BAD_REQUEST', 0],
  ['half of a JSON text is refused', postText('{"query":"{ token { tokenType } }"'), 400, 'BAD_REQUEST', 0],
  ['an empty body is refused', postText(''), 400, 'BAD_REQUEST', 0],
  ['a body of null is refused', postText('null'), 400, 'BAD_REQUEST', 0],
  ['a body of a number is refused', postText('1'), 400, 'BAD_REQUEST', 0],
  ['a body of a text is refused', postText(JSON.stringify(TOKEN)), 400, 'BAD_REQUEST', 0],
  [
    'a packed body is refused',
    postText('\u001f\u008b\u0008', { 'content-encoding': 'gzip' }),
    415,
    'BAD_REQUEST',
    0,
  ],
  [
    'the last of two documents in one body is the only one',
    postText(JSON.stringify({ query: PAGE }).replace('}"', `}","query":"${TOKEN}"`)),
    200,
    null,
    0,
    { answer: ANSWER },
  ],
  [
    '20,000 levels of JSON in variables are ignored',
    postText(`{"query":"${TOKEN}","variables":{"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`),
    200,
    null,
    0,
  ],
  [
    '20,000 levels of JSON in a used variable are refused',
    postText(
      `{"query":"query ($n: Int!) { worklist(limit: $n) { total } }","variables":{"n":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
    ),
    400,
    'BAD_USER_INPUT',
    0,
  ],
  [
    '20,000 levels of JSON in extensions are ignored',
    postText(
      `{"query":"${TOKEN}","extensions":{"persistedQuery":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
    ),
    200,
    null,
    0,
  ],

  // Parameters
  ['a document that is a number is refused', post(5), 400, 'BAD_REQUEST', 0],
  ['a document that is a list is refused', post([TOKEN]), 400, 'BAD_REQUEST', 0],
  ['a document that is an object is refused', post({ toString: TOKEN }), 400, 'BAD_REQUEST', 0],
  [
    'a document that is no text is refused with its hash, too',
    post([TOKEN], hash(documentHash(TOKEN))),
    400,
    'BAD_REQUEST',
    0,
  ],
  ['a request without a document is refused', postText('{}'), 400, 'BAD_REQUEST', 0],
  ['variables that are a text are refused', post(TOKEN, { variables: '{}' }), 400, 'BAD_REQUEST', 0],
  ['variables that are a list are refused', post(TOKEN, { variables: [1] }), 400, 'BAD_REQUEST', 0],
  ['extensions that are a text are refused', post(TOKEN, { extensions: 'x' }), 400, 'BAD_REQUEST', 0],
  [
    'parameters that GraphQL over HTTP does not have are refused',
    post(TOKEN, { permissions: ['token:reveal'] }),
    400,
    'BAD_REQUEST',
    0,
  ],
  [
    '__proto__ as a parameter is refused',
    postText('{"__proto__":{"query":"{ token { tokenType } }"}}'),
    400,
    'BAD_REQUEST',
    0,
  ],
  [
    '__proto__ among the variables is a name like any other',
    postText(
      `{"query":"query ($n: Int = 1) { worklist(limit: $n) { limit } }","variables":{"__proto__":{"n":50}}}`,
    ),
    200,
    null,
    1,
    { answer: /"limit":1\}/ },
  ],
  [
    'constructor among the variables is a name like any other',
    post('query ($constructor: Int!) { worklist(limit: $constructor) { total } }'),
    400,
    'BAD_USER_INPUT',
    0,
  ],
  [
    '__proto__ in extensions is no hash',
    postText(
      `{"query":"${TOKEN}","extensions":{"__proto__":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}}`,
    ),
    200,
    null,
    0,
    { answer: ANSWER },
  ],
  [
    'tracing is not to be had',
    {
      ...post(TOKEN, { extensions: { tracing: true, debug: true } }),
      headers: {
        'content-type': 'application/json',
        'apollo-federation-include-trace': 'ftv1',
        'x-apollo-tracing': '1',
      },
    },
    200,
    null,
    0,
    { answer: ANSWER },
  ],

  // GET
  ['variables that are no JSON are refused', get({ query: TOKEN, variables: '{' }), 400, 'BAD_REQUEST', 0],
  ['extensions that are no JSON are refused', get({ query: TOKEN, extensions: '{' }), 400, 'BAD_REQUEST', 0],
  ['a GET without a document is refused', {}, 400, 'BAD_REQUEST', 0],
  [
    'a GET of a mutation is refused',
    get({ query: 'mutation { token { tokenType } }' }),
    405,
    'BAD_REQUEST',
    0,
  ],
  ['a GET of a batch is refused', get({ query: `[${TOKEN}]` }), 400, 'GRAPHQL_PARSE_FAILED', 0],
  [
    'the first of two documents in one address is the only one',
    { path: `/graphql?query=${encodeURIComponent(TOKEN)}&query=${encodeURIComponent(PAGE)}` },
    200,
    null,
    0,
    { answer: ANSWER },
  ],
  [
    'line ends in a document stay in the document',
    get({ query: '{ token }\r\nSet-Cookie: a=b\r\n\r\n' }),
    400,
    'GRAPHQL_PARSE_FAILED',
    0,
  ],
]);
