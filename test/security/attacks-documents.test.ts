import { post, testAttacks } from './attack.ts';

const INVALID = 'GRAPHQL_VALIDATION_FAILED';
const UNREADABLE = 'GRAPHQL_PARSE_FAILED';

testAttacks([
  // Operations
  [
    'several operations without a name to choose are refused',
    post('query A { __typename } query B { __typename }'),
    400,
    'OPERATION_RESOLUTION_FAILURE',
    0,
  ],
  [
    'an operation that is not there is refused',
    post('query A { __typename }', { operationName: 'B' }),
    400,
    'OPERATION_RESOLUTION_FAILURE',
    0,
  ],
  [
    'an operation named like a property of all objects is refused',
    post('query A { __typename }', { operationName: '__proto__' }),
    400,
    'OPERATION_RESOLUTION_FAILURE',
    0,
  ],
  [
    'a name of an operation that is no text is refused',
    post('query A { __typename }', { operationName: { toString: 'A' } }),
    400,
    'OPERATION_RESOLUTION_FAILURE',
    0,
  ],
  [
    'two operations of one name are refused',
    post('query A { __typename } query A { worklist { total } }', { operationName: 'A' }),
    400,
    INVALID,
    0,
  ],
  ['a mutation is refused', post('mutation { token { tokenType } }'), 400, INVALID, 0],
  ['a mutation of what there is not is refused', post('mutation { x }'), 400, INVALID, 0],
  ['a subscription to nothing is refused', post('subscription { token { tokenType } }'), 400, INVALID, 0],
  [
    'a document of definitions only is refused',
    post('type Query { worklist: Int }'),
    400,
    'OPERATION_RESOLUTION_FAILURE',
    0,
  ],
  ['deferring fields is refused', post('{ ... @defer { worklist { total } } }'), 400, INVALID, 0],
  ['streaming records is refused', post('{ worklist { records @stream { id } } }'), 400, INVALID, 0],

  // Characters
  ['what is no GraphQL is refused', post('qwerty cop { abc }'), 400, UNREADABLE, 0],
  ['an empty document is refused', post(' '), 400, UNREADABLE, 0],
  ['a zero byte is refused', post('{ token { tokenType } }\u0000'), 400, UNREADABLE, 0],
  ['a control character is refused', post('{ token {\u0007tokenType } }'), 400, UNREADABLE, 0],
  ['a field in letters that look alike is refused', post('{ tоken { tokenType } }'), 400, UNREADABLE, 0],
  [
    'characters that turn the direction of text are refused',
    post('{ token { \u202etokenType } }'),
    400,
    UNREADABLE,
    0,
  ],
  ['half a character is refused', post('{ token { tokenType \ud800 } }'), 400, UNREADABLE, 0],
  ['a field name of 50 kB is refused', post(`{ ${'a'.repeat(50_000)} }`), 400, INVALID, 0],
  [
    'SQL in a variable is a text like any other',
    post('query ($n: Int!) { worklist(limit: $n) { total } }', { variables: { n: "1' OR '1'='1" } }),
    400,
    'BAD_USER_INPUT',
    0,
  ],
]);
