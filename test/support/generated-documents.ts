import { array, constantFrom, oneof, record, tuple } from 'fast-check';

/** Words that documents are put together of: those of the schema, and some that it does not know. */
const scalars = constantFrom(
  'total',
  'hasNextPage',
  'offset',
  'limit',
  'stale',
  '__typename',
  'nothing',
  't: total',
  'records { id }',
  'records { id title status fields nothing }',
  '...Page',
  '... on Worklist { total }',
  '... on Record { id }',
  'total @skip(if: $flag)',
  'hasNextPage @include(if: $flag)',
);
const argumentLists = constantFrom(
  '',
  '(limit: 3)',
  '(offset: 5, limit: 2)',
  '(limit: $limit)',
  '(offset: $offset, limit: $limit)',
  '(limit: 1000)',
  '(limit: "x")',
  '(limit: null)',
  '(after: "1")',
  '(after: 13, offset: 4)',
  '(after: $after, limit: 2)',
  '(after: null, limit: 4)',
);
const pages = tuple(
  constantFrom('', 'a: ', 'b: '),
  argumentLists,
  array(scalars, { minLength: 1, maxLength: 4 }),
).map(([alias, list, fields]) => `${alias}worklist${list} { ${fields.join(' ')} }`);
const roots = oneof(
  { weight: 6, arbitrary: pages },
  constantFrom('__typename', '__schema { queryType { name } }', 'token { tokenType }', 'nothing', '{'),
);
/** Documents of queries, most of them valid, some with variables `after`, `offset`, `limit` and `flag`. */
export const documents = record({
  head: constantFrom(
    '',
    'query ',
    'query A ',
    'query A($limit: Int! = 2, $offset: Int! = 0, $flag: Boolean! = true) ',
    'query A($limit: Int, $offset: Int!, $flag: Boolean) ',
    'query A($limit: Int! = 2, $offset: Int! = 0, $after: ID) ',
    'mutation ',
    'subscription ',
  ),
  fields: array(roots, { minLength: 1, maxLength: 3 }),
  tail: constantFrom('', '', ' fragment Page on Worklist { total limit }', ' query B { __typename }'),
}).map(({ head, fields, tail }) => `${head}{ ${fields.join(' ')} }${tail}`);
