import { fragmentBomb, many, post, testAttacks } from './attack.ts';

const INVALID = 'GRAPHQL_VALIDATION_FAILED';
const TOO_COMPLEX = 'QUERY_TOO_COMPLEX';

/** Fields within fields, `levels` of them. */
function nested(levels: number): string {
  return '{ records '.repeat(levels) + '}'.repeat(levels);
}

testAttacks([
  // Many of one thing
  {
    rule: '101 aliases are refused',
    request: post(`{ ${many(101, (i) => `a${i}: __typename`)} }`),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: 'aliases are counted below the top',
    request: post(`{ token { ${many(31, (i) => `a${i}: tokenType`)} } }`),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: 'aliases are counted for each spread of their fragment',
    request: post(
      `{ token { ...F ...F ...F ...F } } fragment F on Token { ${many(8, (i) => `a${i}: tokenType`)} }`,
    ),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: 'ten unknown directives are refused',
    request: post(`{ __typename ${'@aa'.repeat(10)} }`),
    status: 400,
    code: INVALID,
  },
  {
    rule: '21 directives are refused',
    request: post(`{ __typename ${'@aa'.repeat(21)} }`),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: 'directives on spreads are counted',
    request: post(`{ token { ${many(21, () => '... @include(if: true) { tokenType }')} } }`),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: 'directives on operations are counted',
    request: post(`query ${'@aa'.repeat(21)} { __typename }`),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: '500 root fields are refused',
    request: post(`{ ${many(500, () => '__typename')} }`),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: 'root fields are counted in fragments',
    request: post(`{ ${many(21, () => '... { __typename }')} }`),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: '500 times one field is answered as one',
    request: post(`{ token { ${many(500, () => 'tokenType')} } }`),
    status: 200,
    body: /^\{"data":\{"token":\{"tokenType":"Bearer"\}\}\}$/,
  },
  {
    rule: '990 times one field is refused, since each would be compared with all',
    request: post(`{ token { ${many(990, () => 'tokenType')} } }`),
    status: 400,
    code: INVALID,
  },
  {
    rule: 'one field of each record 200 times is refused',
    request: post(`{ worklist(limit: 100) { records { ${many(200, () => 'id')} } } }`),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: '1,001 tokens are refused',
    request: post(`{ token { ${many(1_000, () => 'tokenType')} } }`),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: 'more variables than there may be tokens are refused',
    request: post(`query (${many(400, (i) => `$a${i}: Int`)}) { __typename }`),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: '90 kB of commas are nothing',
    request: post(`{ token { tokenType ${','.repeat(90_000)} } }`),
    status: 200,
  },
  {
    rule: '90 kB of comment are nothing',
    request: post(`{ token { tokenType } } # ${'x'.repeat(90_000)}`),
    status: 200,
  },

  // Depth and fragments
  { rule: '400 levels of fields are refused', request: post(nested(400)), status: 400, code: TOO_COMPLEX },
  {
    rule: 'levels in fragments are counted',
    request: post(`{ worklist { ...F } } fragment F on Worklist ${nested(20)}`),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: '450 levels of lists are refused',
    request: post(`{ worklist(limit: ${'['.repeat(450)}${']'.repeat(450)}) { total } }`),
    status: 400,
    code: 'BAD_USER_INPUT',
  },
  {
    rule: 'a fragment that spreads itself is refused',
    request: post('{ worklist { ...F } } fragment F on Worklist { total ...F }'),
    status: 400,
    code: INVALID,
  },
  {
    rule: 'fragments that spread each other are refused',
    request: post('{ worklist { ...F } } fragment F on Worklist { ...G } fragment G on Worklist { ...F }'),
    status: 400,
    code: INVALID,
  },
  {
    rule: 'a fragment bomb is refused',
    request: post(`{ worklist { ...F0 } } ${fragmentBomb(20, 'total')}`),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: 'a fragment bomb that nothing spreads is refused',
    request: post(`{ token { tokenType } } ${fragmentBomb(20, 'total')}`),
    status: 400,
    code: INVALID,
  },
  {
    rule: 'introspection in circles is refused',
    request: post(`{ __schema { types { ${'fields { type { '.repeat(4)} name ${'} }'.repeat(4)} } } }`),
    status: 400,
    code: INVALID,
  },

  // Pages
  {
    rule: '11 pages in one operation are refused',
    request: post(`{ ${many(11, (i) => `p${i}: worklist(offset: ${i * 200}) { total }`)} }`),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: 'of several operations only the one that runs is counted',
    request: post(
      many(11, (i) => `query Q${i} { worklist(offset: ${i * 200}) { total } }`),
      { operationName: 'Q0' },
    ),
    status: 200,
    calls: 1,
  },
  {
    rule: 'of several operations the one that runs is counted, wherever it stands',
    request: post(
      `query A { __typename } query B { ${many(11, (i) => `p${i}: worklist(offset: ${i * 200}) { total }`)} } query C { __typename }`,
      { operationName: 'B' },
    ),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: 'pages that are skipped by their variable are not counted',
    request: post(
      `query ($no: Boolean! = false) { worklist { total } ${many(11, (i) => `p${i}: worklist(offset: ${i * 200}) @include(if: $no) { total }`)} }`,
    ),
    status: 200,
    calls: 1,
  },
  {
    rule: 'pages that a variable no longer skips are counted',
    request: post(
      `query ($no: Boolean! = false) { ${many(11, (i) => `p${i}: worklist(offset: ${i * 200}) @include(if: $no) { total }`)} }`,
      { variables: { no: true } },
    ),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: 'pages that are skipped by a text are counted, since nothing is skipped by one',
    request: post(
      `query ($yes: Boolean!) { ${many(11, (i) => `p${i}: worklist(offset: ${i * 200}) @skip(if: $yes) { total }`)} }`,
      { variables: { yes: 'true' } },
    ),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: 'a page without records has its fields counted still',
    request: post(`{ worklist(limit: 0) { ...F0 } } ${fragmentBomb(20, 'total')}`),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: 'pages in fragments are counted for each spread',
    request: post(`{ ${many(11, () => '...F')} } fragment F on Query { worklist { total } }`),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: 'ten pages far apart are ten calls, and no more',
    request: post(`{ ${many(10, (i) => `p${i}: worklist(offset: ${i * 20}, limit: 1) { total }`)} }`),
    status: 200,
    calls: 10,
  },
  {
    rule: 'a page repeated within an operation is one call',
    request: post(`{ ${many(10, (i) => `p${i}: worklist { total }`)} }`),
    status: 200,
    calls: 1,
  },
  {
    rule: 'a limit of a million is refused',
    request: post('{ worklist(limit: 1000000) { total } }'),
    status: 200,
    code: 'BAD_USER_INPUT',
  },
  {
    rule: 'a limit of a thousand digits is refused',
    request: post(`{ worklist(limit: ${'9'.repeat(1_000)}) { total } }`),
    status: 400,
    code: 'BAD_USER_INPUT',
  },
  {
    rule: 'a limit of a million in a variable is refused',
    request: post('query ($n: Int!) { worklist(limit: $n) { total } }', { variables: { n: 1_000_000 } }),
    status: 200,
    code: 'BAD_USER_INPUT',
  },
  {
    rule: 'a limit beyond all numbers in a variable is refused',
    request: {
      headers: { 'content-type': 'application/json' },
      body: '{"query":"query ($n: Int!) { worklist(limit: $n) { total } }","variables":{"n":1e999}}',
    },
    status: 400,
    code: 'BAD_USER_INPUT',
  },
  {
    rule: 'a limit that only a default tells counts as that',
    request: post(
      `query ($n: Int = 100) { ${many(9, (i) => `p${i}: worklist(limit: $n) { records { ${many(23, () => 'id')} } }`)} }`,
    ),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: 'a limit that a default makes small is counted as small',
    request: post(
      `query ($n: Int! = 1) { ${many(10, (i) => `p${i}: worklist(limit: $n) { records { ${many(20, () => 'id')} } }`)} }`,
    ),
    status: 200,
    calls: 1,
  },
  {
    rule: 'a default that is overruled counts for nothing',
    request: post(
      `query ($n: Int! = 1) { ${many(10, (i) => `p${i}: worklist(limit: $n) { records { ${many(20, () => 'id')} } }`)} }`,
      { variables: { n: 100 } },
    ),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: 'a limit sent as null counts as the largest, since it is no default',
    request: post(
      `query ($n: Int = 1) { ${many(10, (i) => `p${i}: worklist(limit: $n) { records { ${many(20, () => 'id')} } }`)} }`,
      { variables: { n: null } },
    ),
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    rule: 'a limit by a variable that is neither sent nor has a default is that of the schema',
    request: post(
      `query ($n: Int) { ${many(10, (i) => `p${i}: worklist(limit: $n) { records { ${many(20, () => 'id')} } }`)} }`,
    ),
    status: 200,
    calls: 1,
  },
  {
    rule: 'a limit that is no number counts as the largest',
    request: post(
      `query ($n: Int!) { ${many(10, (i) => `p${i}: worklist(limit: $n) { records { ${many(20, () => 'id')} } }`)} }`,
      { variables: { n: [1] } },
    ),
    status: 400,
    code: TOO_COMPLEX,
  },
]);
