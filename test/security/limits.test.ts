import { getIntrospectionQuery, parse, visit } from 'graphql';
import { expect, test } from 'vitest';
import { measureDocument } from '../../src/graphql/measure-document.ts';
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

test('a fragment is measured once, however often it is spread', () => {
  const document = parse(`{ worklist { ...F0 } } ${fragmentBomb(20, 'total')}`);
  let fields = 0;
  visit(document, { Field: () => void (fields += 1) });

  let asked = 0;
  const { cost } = measureDocument(document, () => void (asked += 1));
  expect(cost).toBe(2 ** 20 + 1);
  expect(asked).toBe(fields);
});

test('fragments that spread each other come to an end', () => {
  const document = parse(
    '{ worklist { ...F } } fragment F on Worklist { total ...G ...G } fragment G on Worklist { total ...F ...F }',
  );
  let asked = 0;
  measureDocument(document, () => void (asked += 1));
  expect(asked).toBe(3);
});
