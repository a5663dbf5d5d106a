import { getIntrospectionQuery, getNamedType, isLeafType, isObjectType, Kind, parse, visit } from 'graphql';
import { expect, test } from 'vitest';
import { findOperation } from '../../src/graphql/find-operation.ts';
import { measureOperation } from '../../src/graphql/measure-document.ts';
import { schema } from '../../src/schema/schema.ts';
import { EXAMPLE_QUERY } from '../../src/graphql/graphiql.ts';
import { startGateway } from '../support/gateway-harness.ts';
import { fragmentBomb, many } from './attack.ts';

/** For each limit: what it limits, the most that passes, and a document with `size` of it. */
const LIMITS: readonly (readonly [what: string, most: number, document: (size: number) => string])[] = [
  [
    'levels of fields',
    20,
    (size) => `{ __schema { queryType { ${'ofType { '.repeat(size - 3)} name ${'} '.repeat(size)}`,
  ],
  ['root fields', 20, (size) => `{ ${many(size, () => '__typename')} }`],
  ['aliases', 30, (size) => `{ token { ${many(size, (index) => `a${index}: tokenType`)} } }`],
  ['directives', 20, (size) => `{ token { ${many(size, () => '... @include(if: true) { tokenType }')} } }`],
  ['pages', 10, (size) => `{ ${many(size, () => 'worklist { total }')} }`],
  [
    'fields in the answer',
    20_000,
    // The page with its records makes 19,901 of them, the token one more.
    (size) =>
      `{ worklist(limit: 100) { records { ${many(198, () => 'id')} } } token { ${many(size - 19_902, () => 'tokenType')} } }`,
  ],
  [
    'fields of one name with fields of their own',
    50,
    (size) => `{ worklist(limit: 1) { ${many(size, () => 'records { id }')} } }`,
  ],
  [
    'such fields, in fragments and by their aliases',
    50,
    (size) =>
      `{ worklist(limit: 1) { ...F records: records { id } } }
       fragment F on Worklist { ${many(size - 1, () => '... { records { id } }')} }`,
  ],
  [
    'tokens',
    1_000,
    // 331 fragments of three tokens each, and five for what is around them.
    (size) =>
      `{ token { ${'... { '.repeat(331)} ${many(size - 998, () => 'tokenType')} ${'} '.repeat(331)} } }`,
  ],
];

test.each(LIMITS)('a document may have so many %s: %i, and not one more', async (_what, most, document) => {
  const { query, sandbox } = await startGateway();
  const beyond = await query(document(most + 1));
  expect(beyond.body).toEqual({
    errors: [
      {
        message: expect.stringContaining(`at most ${most} `),
        extensions: { code: 'QUERY_TOO_COMPLEX', retryable: false },
      },
    ],
  });
  expect(sandbox.requests()).toEqual([]);

  const within = await query(document(most));
  expect([within.status, within.body.errors]).toEqual([200, undefined]);
});

const FULL_INTROSPECTION = getIntrospectionQuery({
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
});

/** A screen of an app that shows ten pages at once, with all that a record has. */
const TEN_PAGES = `
  query Screen($limit: Int! = 100) {
    ${many(10, (index) => `page${index}: worklist(offset: ${index * 100}, limit: $limit) { ...Page }`)}
    token { tokenType scopes issuedAt expiresAt expiresIn refreshable }
  }
  fragment Page on Worklist { offset limit total hasNextPage fetchedAt stale records { ...Row } }
  fragment Row on Record { id title status progress language durationMs createdAt updatedAt fields }
`;

test.each([
  ['the fullest introspection', FULL_INTROSPECTION],
  ["the playground's example", EXAMPLE_QUERY],
  ['a screen of ten of the largest pages', TEN_PAGES],
])('%s is within the limits', async (_what, document) => {
  const { query } = await startGateway();
  const { status, body } = await query(document);
  expect([status, body.errors]).toEqual([200, undefined]);
});

/** All that the schema knows of a page and its records, as Apollo Client asks for it. */
const WHOLE_PAGE = `
  query Whole($limit: Int!) { worklist(limit: $limit) { __typename ${fieldsOf('Worklist')} records { __typename ${fieldsOf('Record')} } } }
`;

/** The fields of a type that have no fields of their own. */
function fieldsOf(name: string): string {
  const type = schema.getType(name);
  const fields = isObjectType(type) ? Object.values(type.getFields()) : [];
  return fields
    .filter(({ type: of }) => isLeafType(getNamedType(of)))
    .map((field) => field.name)
    .join(' ');
}

test.each([1, 100, 10_000])(
  'the largest page of %i records can be asked for with all its fields',
  async (maxPageSize) => {
    const { query } = await startGateway({ upstream: { maxPageSize } });
    const { status, body } = await query(WHOLE_PAGE, { limit: maxPageSize });
    expect([status, body.errors]).toEqual([200, undefined]);
  },
);

test('where the largest page is large, so many fields in the answer are too many', async () => {
  const { query, sandbox } = await startGateway({ upstream: { maxPageSize: 2_000 } });
  const { body } = await query(`{ worklist(limit: 2000) { records { ${many(20, () => 'id')} } } }`);
  expect(body.errors?.[0]?.message).toContain('at most 40000 fields');
  expect(sandbox.requests()).toEqual([]);
});

/** The measure of a document's only operation, and for how many fields it was asked whether they are left out. */
function measure(text: string) {
  const document = parse(text);
  let asked = 0;
  const operation = findOperation(document, undefined);
  const { cost } = measureOperation({
    schema,
    document,
    operation,
    pageSizeOf: () => undefined,
    isLeftOut({ kind }) {
      if (kind === Kind.FIELD) asked += 1;
      return false;
    },
  });
  return { cost, asked };
}

test('a fragment is measured once, however often it is spread', () => {
  const text = `{ worklist { ...F0 } } ${fragmentBomb(20, 'total')}`;
  let fields = 0;
  visit(parse(text), { Field: () => void (fields += 1) });
  expect(measure(text)).toEqual({ cost: 2 ** 20 + 1, asked: fields });
});

test('fragments that spread each other come to an end', () => {
  const { asked } = measure(
    '{ worklist { ...F } } fragment F on Worklist { total ...G ...G } fragment G on Worklist { total ...F ...F }',
  );
  expect(asked).toBe(3);
});
