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
  {
    rule: 'a batch is refused where there are none',
    request: batch({ query: PAGE }, { query: PAGE }),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a batch of 11 is refused',
    request: batch(...Array.from({ length: 11 }, () => ({ query: PAGE }))),
    status: 413,
    code: 'BAD_REQUEST',
    ...batching,
  },
  {
    rule: 'a batch of ten is answered',
    request: batch(...Array.from({ length: 10 }, () => ({ query: PAGE }))),
    status: 200,
    calls: 1,
    ...batching,
  },
  { rule: 'a batch of nothing is refused', request: batch(), status: 400, code: 'BAD_REQUEST', ...batching },
  {
    rule: 'a null in a batch is refused',
    request: batch(null),
    status: 200,
    code: 'BAD_REQUEST',
    ...batching,
  },
  {
    rule: 'a batch in a batch is refused',
    request: batch([{ query: PAGE }]),
    status: 200,
    code: 'BAD_REQUEST',
    ...batching,
  },
  {
    rule: 'a body of 100 kB is refused by its length',
    request: post(TOKEN, { variables: { x: 'x'.repeat(100_000) } }),
    status: 413,
    code: 'REQUEST_ENTITY_TOO_LARGE',
  },
  {
    rule: 'a body of 100 kB in pieces is refused',
    request: {
      ...post(TOKEN, { variables: { x: 'x'.repeat(100_000) } }),
      headers: {
        'content-type': 'application/json',
        'content-length': undefined,
        'transfer-encoding': 'chunked',
      },
    },
    status: 413,
    code: 'REQUEST_ENTITY_TOO_LARGE',
  },
  {
    rule: 'a body of 10 MB is refused',
    request: post(TOKEN, { variables: { x: 'x'.repeat(10_000_000) } }),
    status: 413,
    code: 'REQUEST_ENTITY_TOO_LARGE',
  },
  {
    rule: '90 kB of variables that nothing uses are ignored',
    request: post(TOKEN, { variables: { x: 'x'.repeat(90_000) } }),
    status: 200,
  },
  { rule: 'what is no JSON is refused', request: postText('<query/>'), status: 400, code: 'BAD_REQUEST' },
  {
    rule: 'half of a JSON text is refused',
    request: postText('{"query":"{ token { tokenType } }"'),
    status: 400,
    code: 'BAD_REQUEST',
  },
  { rule: 'an empty body is refused', request: postText(''), status: 400, code: 'BAD_REQUEST' },
  { rule: 'a body of null is refused', request: postText('null'), status: 400, code: 'BAD_REQUEST' },
  { rule: 'a body of a number is refused', request: postText('1'), status: 400, code: 'BAD_REQUEST' },
  {
    rule: 'a body of a text is refused',
    request: postText(JSON.stringify(TOKEN)),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a packed body is refused',
    request: postText('\u001f\u008b\u0008', { 'content-encoding': 'gzip' }),
    status: 415,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'the last of two documents in one body is the only one',
    request: postText(JSON.stringify({ query: PAGE }).replace('}"', `}","query":"${TOKEN}"`)),
    status: 200,
    body: ANSWER,
  },
  {
    rule: '20,000 levels of JSON in variables are ignored',
    request: postText(`{"query":"${TOKEN}","variables":{"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`),
    status: 200,
  },
  {
    rule: '20,000 levels of JSON in a used variable are refused',
    request: postText(
      `{"query":"query ($n: Int!) { worklist(limit: $n) { total } }","variables":{"n":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
    ),
    status: 400,
    code: 'BAD_USER_INPUT',
  },
  {
    rule: '20,000 levels of JSON in extensions are ignored',
    request: postText(
      `{"query":"${TOKEN}","extensions":{"persistedQuery":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
    ),
    status: 200,
  },

  // Parameters
  { rule: 'a document that is a number is refused', request: post(5), status: 400, code: 'BAD_REQUEST' },
  { rule: 'a document that is a list is refused', request: post([TOKEN]), status: 400, code: 'BAD_REQUEST' },
  {
    rule: 'a document that is an object is refused',
    request: post({ toString: TOKEN }),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a document that is no text is refused with its hash, too',
    request: post([TOKEN], hash(documentHash(TOKEN))),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a request without a document is refused',
    request: postText('{}'),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'variables that are a text are refused',
    request: post(TOKEN, { variables: '{}' }),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'variables that are a list are refused',
    request: post(TOKEN, { variables: [1] }),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'extensions that are a text are refused',
    request: post(TOKEN, { extensions: 'x' }),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'parameters that GraphQL over HTTP does not have are refused',
    request: post(TOKEN, { permissions: ['token:reveal'] }),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    rule: '__proto__ as a parameter is refused',
    request: postText('{"__proto__":{"query":"{ token { tokenType } }"}}'),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    rule: '__proto__ among the variables is a name like any other',
    request: postText(
      `{"query":"query ($n: Int = 1) { worklist(limit: $n) { limit } }","variables":{"__proto__":{"n":50}}}`,
    ),
    status: 200,
    calls: 1,
    body: /"limit":1\}/,
  },
  {
    rule: 'constructor among the variables is a name like any other',
    request: post('query ($constructor: Int!) { worklist(limit: $constructor) { total } }'),
    status: 400,
    code: 'BAD_USER_INPUT',
  },
  {
    rule: '__proto__ in extensions is no hash',
    request: postText(
      `{"query":"${TOKEN}","extensions":{"__proto__":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}}`,
    ),
    status: 200,
    body: ANSWER,
  },
  {
    rule: 'tracing is not to be had',
    request: {
      ...post(TOKEN, { extensions: { tracing: true, debug: true } }),
      headers: {
        'content-type': 'application/json',
        'apollo-federation-include-trace': 'ftv1',
        'x-apollo-tracing': '1',
      },
    },
    status: 200,
    body: ANSWER,
  },

  // GET
  {
    rule: 'variables that are no JSON are refused',
    request: get({ query: TOKEN, variables: '{' }),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'extensions that are no JSON are refused',
    request: get({ query: TOKEN, extensions: '{' }),
    status: 400,
    code: 'BAD_REQUEST',
  },
  { rule: 'a GET without a document is refused', request: {}, status: 400, code: 'BAD_REQUEST' },
  {
    rule: 'a GET of a mutation is refused',
    request: get({ query: 'mutation { token { tokenType } }' }),
    status: 405,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a GET of a batch is refused',
    request: get({ query: `[${TOKEN}]` }),
    status: 400,
    code: 'GRAPHQL_PARSE_FAILED',
  },
  {
    rule: 'the first of two documents in one address is the only one',
    request: { path: `/graphql?query=${encodeURIComponent(TOKEN)}&query=${encodeURIComponent(PAGE)}` },
    status: 200,
    body: ANSWER,
  },
  {
    rule: 'line ends in a document stay in the document',
    request: get({ query: '{ token }\r\nSet-Cookie: a=b\r\n\r\n' }),
    status: 400,
    code: 'GRAPHQL_PARSE_FAILED',
  },
]);
