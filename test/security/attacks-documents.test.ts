import { many, post, postText, testAttacks, withHeaders } from './attack.ts';

/** Either is acceptable, so that what is wrong is said in JSON. */
const STREAM = { accept: 'text/event-stream, application/graphql-response+json' };
const INVALID = 'GRAPHQL_VALIDATION_FAILED';
const UNREADABLE = 'GRAPHQL_PARSE_FAILED';

testAttacks([
  // Operations
  {
    rule: 'several operations without a name to choose are refused',
    request: post('query A { __typename } query B { __typename }'),
    status: 400,
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    rule: 'an operation that is not there is refused',
    request: post('query A { __typename }', { operationName: 'B' }),
    status: 400,
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    rule: 'an operation named like a property of all objects is refused',
    request: post('query A { __typename }', { operationName: '__proto__' }),
    status: 400,
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    rule: 'a name of an operation that is no text is refused',
    request: post('query A { __typename }', { operationName: { toString: 'A' } }),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'two operations of one name are refused',
    request: post('query A { __typename } query A { worklist { total } }', { operationName: 'A' }),
    status: 400,
    code: INVALID,
  },
  {
    rule: 'a mutation is refused',
    request: post('mutation { token { tokenType } }'),
    status: 400,
    code: INVALID,
  },
  {
    rule: 'a mutation of what there is not is refused',
    request: post('mutation { x }'),
    status: 400,
    code: INVALID,
  },
  {
    rule: 'a subscription without a stream is refused',
    request: post('subscription { worklist { total } }'),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a subscription to what there is not is refused',
    request: withHeaders(post('subscription { token { tokenType } }'), STREAM),
    status: 400,
    code: INVALID,
  },
  {
    rule: 'a subscription to more than one field is refused',
    request: withHeaders(
      post('subscription { a: worklist { total } b: worklist(offset: 5) { total } }'),
      STREAM,
    ),
    status: 400,
    code: INVALID,
  },
  {
    rule: 'a subscription to introspection is refused',
    request: withHeaders(post('subscription { __schema { queryType { name } } }'), STREAM),
    status: 400,
    code: INVALID,
  },
  {
    rule: 'a subscription to too much is refused',
    request: withHeaders(
      post(`subscription { worklist(limit: 100) { ${many(300, (index) => `a${index}: total`)} } }`),
      STREAM,
    ),
    status: 400,
    code: 'QUERY_TOO_COMPLEX',
  },
  {
    rule: 'a subscription in a batch is refused',
    request: withHeaders(
      postText(JSON.stringify([{ query: 'subscription { worklist { total } }' }])),
      STREAM,
    ),
    status: 200,
    code: 'BAD_REQUEST',
    gateway: { api: { batchLimit: 3 } },
  },
  {
    rule: 'a document of definitions only is refused',
    request: post('type Query { worklist: Int }'),
    status: 400,
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    rule: 'deferring fields is refused',
    request: post('{ ... @defer { worklist { total } } }'),
    status: 400,
    code: INVALID,
  },
  {
    rule: 'streaming records is refused',
    request: post('{ worklist { records @stream { id } } }'),
    status: 400,
    code: INVALID,
  },

  // Characters
  {
    rule: 'what is no GraphQL is refused',
    request: post('qwerty cop { abc }'),
    status: 400,
    code: UNREADABLE,
  },
  { rule: 'an empty document is refused', request: post(' '), status: 400, code: UNREADABLE },
  {
    rule: 'a zero byte is refused',
    request: post('{ token { tokenType } }\u0000'),
    status: 400,
    code: UNREADABLE,
  },
  {
    rule: 'a control character is refused',
    request: post('{ token {\u0007tokenType } }'),
    status: 400,
    code: UNREADABLE,
  },
  {
    rule: 'a field in letters that look alike is refused',
    request: post('{ tоken { tokenType } }'),
    status: 400,
    code: UNREADABLE,
  },
  {
    rule: 'characters that turn the direction of text are refused',
    request: post('{ token { \u202etokenType } }'),
    status: 400,
    code: UNREADABLE,
  },
  {
    rule: 'half a character is refused',
    request: post('{ token { tokenType \ud800 } }'),
    status: 400,
    code: UNREADABLE,
  },
  {
    rule: 'a field name of 50 kB is refused',
    request: post(`{ ${'a'.repeat(50_000)} }`),
    status: 400,
    code: INVALID,
  },
  {
    rule: 'SQL in a variable is a text like any other',
    request: post('query ($n: Int!) { worklist(limit: $n) { total } }', { variables: { n: "1' OR '1'='1" } }),
    status: 400,
    code: 'BAD_USER_INPUT',
  },
]);
