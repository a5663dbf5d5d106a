import { fragmentBomb, many, post, testAttacks } from './attack.ts';

const INVALID = 'GRAPHQL_VALIDATION_FAILED';
const TOO_COMPLEX = 'QUERY_TOO_COMPLEX';

/** Fields within fields, `levels` of them. */
function nested(levels: number): string {
  return '{ records '.repeat(levels) + '}'.repeat(levels);
}

testAttacks([
  // Many of one thing
  ['101 aliases are refused', post(`{ ${many(101, (i) => `a${i}: __typename`)} }`), 400, TOO_COMPLEX, 0],
  [
    'aliases are counted below the top',
    post(`{ token { ${many(31, (i) => `a${i}: tokenType`)} } }`),
    400,
    TOO_COMPLEX,
    0,
  ],
  [
    'aliases are counted for each spread of their fragment',
    post(`{ token { ...F ...F ...F ...F } } fragment F on Token { ${many(8, (i) => `a${i}: tokenType`)} }`),
    400,
    TOO_COMPLEX,
    0,
  ],
  ['ten unknown directives are refused', post(`{ __typename ${'@aa'.repeat(10)} }`), 400, INVALID, 0],
  ['21 directives are refused', post(`{ __typename ${'@aa'.repeat(21)} }`), 400, TOO_COMPLEX, 0],
  [
    'directives on spreads are counted',
    post(`{ token { ${many(21, () => '... @include(if: true) { tokenType }')} } }`),
    400,
    TOO_COMPLEX,
    0,
  ],
  [
    'directives on operations are counted',
    post(`query ${'@aa'.repeat(21)} { __typename }`),
    400,
    TOO_COMPLEX,
    0,
  ],
  ['500 root fields are refused', post(`{ ${many(500, () => '__typename')} }`), 400, TOO_COMPLEX, 0],
  [
    'root fields are counted in fragments',
    post(`{ ${many(21, () => '... { __typename }')} }`),
    400,
    TOO_COMPLEX,
    0,
  ],
  [
    '500 times one field is answered as one',
    post(`{ token { ${many(500, () => 'tokenType')} } }`),
    200,
    null,
    0,
    { answer: /^\{"data":\{"token":\{"tokenType":"Bearer"\}\}\}$/ },
  ],
  [
    '990 times one field is refused, since each would be compared with all',
    post(`{ token { ${many(990, () => 'tokenType')} } }`),
    400,
    INVALID,
    0,
  ],
  [
    'one field of each record 200 times is refused',
    post(`{ worklist(limit: 100) { records { ${many(200, () => 'id')} } } }`),
    400,
    TOO_COMPLEX,
    0,
  ],
  ['1,001 tokens are refused', post(`{ token { ${many(1_000, () => 'tokenType')} } }`), 400, TOO_COMPLEX, 0],
  [
    'more variables than there may be tokens are refused',
    post(`query (${many(400, (i) => `$a${i}: Int`)}) { __typename }`),
    400,
    TOO_COMPLEX,
    0,
  ],
  ['90 kB of commas are nothing', post(`{ token { tokenType ${','.repeat(90_000)} } }`), 200, null, 0],
  ['90 kB of comment are nothing', post(`{ token { tokenType } } # ${'x'.repeat(90_000)}`), 200, null, 0],

  // Depth and fragments
  ['400 levels of fields are refused', post(nested(400)), 400, TOO_COMPLEX, 0],
  [
    'levels in fragments are counted',
    post(`{ worklist { ...F } } fragment F on Worklist ${nested(20)}`),
    400,
    TOO_COMPLEX,
    0,
  ],
  [
    '450 levels of lists are refused',
    post(`{ worklist(limit: ${'['.repeat(450)}${']'.repeat(450)}) { total } }`),
    400,
    'BAD_USER_INPUT',
    0,
  ],
  [
    'a fragment that spreads itself is refused',
    post('{ worklist { ...F } } fragment F on Worklist { total ...F }'),
    400,
    INVALID,
    0,
  ],
  [
    'fragments that spread each other are refused',
    post('{ worklist { ...F } } fragment F on Worklist { ...G } fragment G on Worklist { ...F }'),
    400,
    INVALID,
    0,
  ],
  [
    'a fragment bomb is refused',
    post(`{ worklist { ...F0 } } ${fragmentBomb(20, 'total')}`),
    400,
    TOO_COMPLEX,
    0,
  ],
  [
    'a fragment bomb that nothing spreads is refused',
    post(`{ token { tokenType } } ${fragmentBomb(20, 'total')}`),
    400,
    INVALID,
    0,
  ],
  [
    'introspection in circles is refused',
    post(`{ __schema { types { ${'fields { type { '.repeat(4)} name ${'} }'.repeat(4)} } } }`),
    400,
    INVALID,
    0,
  ],

  // Pages
  [
    '11 pages in one operation are refused',
    post(`{ ${many(11, (i) => `p${i}: worklist(offset: ${i * 200}) { total }`)} }`),
    400,
    TOO_COMPLEX,
    0,
  ],
  [
    'of several operations only the one that runs is counted',
    post(
      many(11, (i) => `query Q${i} { worklist(offset: ${i * 200}) { total } }`),
      { operationName: 'Q0' },
    ),
    200,
    null,
    1,
  ],
  [
    'of several operations the one that runs is counted, wherever it stands',
    post(
      `query A { __typename } query B { ${many(11, (i) => `p${i}: worklist(offset: ${i * 200}) { total }`)} } query C { __typename }`,
      { operationName: 'B' },
    ),
    400,
    TOO_COMPLEX,
    0,
  ],
  [
    'pages that are skipped by their variable are not counted',
    post(
      `query ($no: Boolean! = false) { worklist { total } ${many(11, (i) => `p${i}: worklist(offset: ${i * 200}) @include(if: $no) { total }`)} }`,
    ),
    200,
    null,
    1,
  ],
  [
    'pages that a variable no longer skips are counted',
    post(
      `query ($no: Boolean! = false) { ${many(11, (i) => `p${i}: worklist(offset: ${i * 200}) @include(if: $no) { total }`)} }`,
      { variables: { no: true } },
    ),
    400,
    TOO_COMPLEX,
    0,
  ],
  [
    'pages that are skipped by a text are counted, since nothing is skipped by one',
    post(
      `query ($yes: Boolean!) { ${many(11, (i) => `p${i}: worklist(offset: ${i * 200}) @skip(if: $yes) { total }`)} }`,
      { variables: { yes: 'true' } },
    ),
    400,
    TOO_COMPLEX,
    0,
  ],
  [
    'a page without records has its fields counted still',
    post(`{ worklist(limit: 0) { ...F0 } } ${fragmentBomb(20, 'total')}`),
    400,
    TOO_COMPLEX,
    0,
  ],
  [
    'pages in fragments are counted for each spread',
    post(`{ ${many(11, () => '...F')} } fragment F on Query { worklist { total } }`),
    400,
    TOO_COMPLEX,
    0,
  ],
  [
    'ten pages far apart are ten calls, and no more',
    post(`{ ${many(10, (i) => `p${i}: worklist(offset: ${i * 20}, limit: 1) { total }`)} }`),
    200,
    null,
    10,
  ],
  [
    'a page repeated within an operation is one call',
    post(`{ ${many(10, (i) => `p${i}: worklist { total }`)} }`),
    200,
    null,
    1,
  ],
  [
    'a limit of a million is refused',
    post('{ worklist(limit: 1000000) { total } }'),
    200,
    'BAD_USER_INPUT',
    0,
  ],
  [
    'a limit of a thousand digits is refused',
    post(`{ worklist(limit: ${'9'.repeat(1_000)}) { total } }`),
    400,
    'BAD_USER_INPUT',
    0,
  ],
  [
    'a limit of a million in a variable is refused',
    post('query ($n: Int!) { worklist(limit: $n) { total } }', { variables: { n: 1_000_000 } }),
    200,
    'BAD_USER_INPUT',
    0,
  ],
  [
    'a limit beyond all numbers in a variable is refused',
    {
      headers: { 'content-type': 'application/json' },
      body: '{"query":"query ($n: Int!) { worklist(limit: $n) { total } }","variables":{"n":1e999}}',
    },
    400,
    'BAD_USER_INPUT',
    0,
  ],
  [
    'a limit that only a default tells counts as that',
    post(
      `query ($n: Int = 100) { ${many(9, (i) => `p${i}: worklist(limit: $n) { records { ${many(23, () => 'id')} } }`)} }`,
    ),
    400,
    TOO_COMPLEX,
    0,
  ],
  [
    'a limit that a default makes small is counted as small',
    post(
      `query ($n: Int! = 1) { ${many(10, (i) => `p${i}: worklist(limit: $n) { records { ${many(20, () => 'id')} } }`)} }`,
    ),
    200,
    null,
    1,
  ],
  [
    'a default that is overruled counts for nothing',
    post(
      `query ($n: Int! = 1) { ${many(10, (i) => `p${i}: worklist(limit: $n) { records { ${many(20, () => 'id')} } }`)} }`,
      { variables: { n: 100 } },
    ),
    400,
    TOO_COMPLEX,
    0,
  ],
  [
    'a limit sent as null counts as the largest, since it is no default',
    post(
      `query ($n: Int = 1) { ${many(10, (i) => `p${i}: worklist(limit: $n) { records { ${many(20, () => 'id')} } }`)} }`,
      { variables: { n: null } },
    ),
    400,
    TOO_COMPLEX,
    0,
  ],
  [
    'a limit by a variable that is neither sent nor has a default is that of the schema',
    post(
      `query ($n: Int) { ${many(10, (i) => `p${i}: worklist(limit: $n) { records { ${many(20, () => 'id')} } }`)} }`,
    ),
    200,
    null,
    1,
  ],
  [
    'a limit that is no number counts as the largest',
    post(
      `query ($n: Int!) { ${many(10, (i) => `p${i}: worklist(limit: $n) { records { ${many(20, () => 'id')} } }`)} }`,
      { variables: { n: [1] } },
    ),
    400,
    TOO_COMPLEX,
    0,
  ],
]);
