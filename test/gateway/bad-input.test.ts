import { expect, test } from 'vitest';
import { startGateway, type GraphQLResponse } from '../support/gateway-harness.ts';

const OFFSET_RANGE = 'offset takes a whole number from 0 to 2147483647.';
const LIMIT_RANGE = 'limit takes a whole number from 0 to 100.';

const LITERALS = [
  ['offset: -1', OFFSET_RANGE],
  ['offset: 1.5', OFFSET_RANGE],
  ['offset: 2147483648', OFFSET_RANGE],
  ['offset: "0"', OFFSET_RANGE],
  ['offset: null', OFFSET_RANGE],
  ['offset: [0]', OFFSET_RANGE],
  ['limit: -1', LIMIT_RANGE],
  ['limit: 101', LIMIT_RANGE],
  ['limit: 0.1', LIMIT_RANGE],
  ['limit: true', LIMIT_RANGE],
  ['limit: 1e3', LIMIT_RANGE],
  ['limit: MANY', LIMIT_RANGE],
] as const;

function expectRefused({ data, errors }: GraphQLResponse['body'], range: string): void {
  expect(data?.['worklist'] ?? null).toBeNull();
  expect(errors).toEqual([
    expect.objectContaining({
      message: expect.stringContaining(range),
      extensions: expect.objectContaining({ code: 'BAD_USER_INPUT', retryable: false }),
    }),
  ]);
}

test.each(LITERALS)(
  'worklist(%s) is refused with the range, and no call is made',
  async (argument, range) => {
    const { query, sandbox } = await startGateway();
    const { body } = await query(`{ worklist(${argument}) { total } }`);
    expectRefused(body, range);
    expect(sandbox.requests()).toEqual([]);
  },
);

const VARIABLES: readonly (readonly [string, unknown, string])[] = [
  ['offset', -1, OFFSET_RANGE],
  ['offset', 1.5, OFFSET_RANGE],
  ['offset', 3_000_000_000, OFFSET_RANGE],
  ['offset', '0', OFFSET_RANGE],
  ['offset', null, OFFSET_RANGE],
  ['offset', undefined, OFFSET_RANGE],
  ['limit', -20, LIMIT_RANGE],
  ['limit', 101, LIMIT_RANGE],
  ['limit', 2.5, LIMIT_RANGE],
  ['limit', {}, LIMIT_RANGE],
];

test.each(VARIABLES)(
  'the variable %s of %j is refused with the range, and no call is made',
  async (name, value, range) => {
    const { query, sandbox } = await startGateway();
    const { body } = await query(`query ($value: Int!) { worklist(${name}: $value) { total } }`, { value });
    expectRefused(body, range);
    expect(sandbox.requests()).toEqual([]);
  },
);

const NULLS: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
  ['a nullable variable', 'query ($v: Int) { worklist(limit: $v) { total } }', { v: null }],
  ['one with a default', 'query ($v: Int = 5) { worklist(limit: $v) { total } }', { v: null }],
  [
    'one in a fragment',
    'query ($v: Int) { ...F } fragment F on Query { worklist(offset: $v) { total } }',
    { v: null },
  ],
  ['one in an inline fragment', 'query ($v: Int) { ... { worklist(offset: $v) { total } } }', { v: null }],
  ['@skip of a field', 'query ($v: Boolean = true) { worklist @skip(if: $v) { total } }', { v: null }],
  ['@include of a field', 'query ($v: Boolean = true) { worklist { total @include(if: $v) } }', { v: null }],
  [
    '@include of a fragment',
    'query ($v: Boolean = true) { ...F @include(if: $v) } fragment F on Query { worklist { total } }',
    { v: null },
  ],
  ['an argument of introspection', 'query ($v: String = "x") { __type(name: $v) { name } }', { v: null }],
];

test.each(NULLS)(
  'null for %s is refused as the mistake of the caller',
  async (_where, document, variables) => {
    const { query, sandbox, events } = await startGateway();
    const accepting = (accept: string) => ({ headers: { 'content-type': 'application/json', accept } });
    const strict = await query(document, variables, accepting('application/graphql-response+json'));
    expect(strict.status).toBe(400);
    expect(strict.body).toEqual({
      errors: [
        {
          message: expect.stringContaining('must not be null'),
          locations: [expect.anything()],
          extensions: { code: 'BAD_USER_INPUT', retryable: false },
        },
      ],
    });
    const older = await query(document, variables, accepting('application/json'));
    expect([older.status, older.body]).toEqual([200, strict.body]);
    expect(sandbox.requests()).toEqual([]);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['operation.refused']));
  },
);

test('null for an argument is refused with the range', async () => {
  const { query } = await startGateway();
  const { body } = await query('query ($v: Int) { worklist(limit: $v) { total } }', { v: null });
  expect(body.errors?.[0]?.message).toContain(LIMIT_RANGE);
});

test.each([
  ['by a literal', '@skip(if: true)'],
  ['by a variable', '@include(if: $no)'],
])('null for an argument of what is skipped %s does not matter', async (_how, directive) => {
  const { query } = await startGateway();
  const document = `query ($v: Int, $no: Boolean! = false) { token { tokenType } worklist(limit: $v) ${directive} { total } other: worklist @include(if: $no) { total } }`;
  const { body } = await query(document, { v: null });
  expect(body).toEqual({ data: { token: { tokenType: 'Bearer' } } });
});

test('of many wrong variables ten are told, and that there are more', async () => {
  const { query } = await startGateway();
  const numbers = Array.from({ length: 10 }, (_, index) => index);
  const document = `query (${numbers.map((n) => `$o${n}: Int! $l${n}: Int!`).join(' ')}) {
    ${numbers.map((n) => `p${n}: worklist(offset: $o${n}, limit: $l${n}) { total }`).join(' ')}
  }`;
  const { body } = await query(document, {});
  expect(body.errors).toHaveLength(11);
  for (const { extensions } of body.errors ?? []) {
    expect(extensions).toEqual({ code: 'BAD_USER_INPUT', retryable: false });
  }
});

test('the range is a sentence of its own behind what GraphQL says', async () => {
  const { query } = await startGateway();
  const literal = await query('{ worklist(limit: 2.5) { total } }');
  expect(literal.body.errors?.[0]?.message).toBe(
    `Int cannot represent non-integer value: 2.5. ${LIMIT_RANGE}`,
  );
  const variable = await query('query ($limit: Int) { worklist(limit: $limit) { total } }', { limit: 2.5 });
  expect(variable.body.errors?.[0]?.message).toMatch(new RegExp(`value: 2\\.5\\. ${LIMIT_RANGE}$`));
});

test('the range follows the setting', async () => {
  const { query } = await startGateway({ upstream: { maxPageSize: 7 } });
  const { body } = await query('{ worklist(limit: 8) { total } }');
  expect(body.errors?.[0]?.message).toBe('limit takes a whole number from 0 to 7. It was 8.');
});

test('a limit of 0 gives an empty page without a call, and the total once that is known', async () => {
  const { query, sandbox } = await startGateway();
  const NONE = '{ worklist(limit: 0) { total hasNextPage records { id } } }';
  expect((await query(NONE)).body).toEqual({
    data: { worklist: { total: null, hasNextPage: true, records: [] } },
  });
  expect(sandbox.requests()).toEqual([]);
  await query('{ worklist { total } }');
  expect((await query(NONE)).body).toEqual({
    data: { worklist: { total: 240, hasNextPage: true, records: [] } },
  });
  expect(sandbox.worklistRequests()).toHaveLength(1);
});

test('the largest page and the page behind the end are answered', async () => {
  const { query } = await startGateway();
  const { body } = await query(
    '{ largest: worklist(limit: 100) { records { id } } beyond: worklist(offset: 2147483647) { hasNextPage records { id } } }',
  );
  expect(body).toMatchObject({
    data: { largest: { records: { length: 100 } }, beyond: { hasNextPage: false, records: [] } },
  });
});

test('a mistake in the document keeps the words of GraphQL', async () => {
  const { query } = await startGateway();
  const { body } = await query('{ worklist { nothing } }');
  expect(body.errors?.[0]).toMatchObject({
    message: 'Cannot query field "nothing" on type "Worklist".',
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
  });
});

test('what is wrong in a field that is left out at first is found once it is not', async () => {
  const { query } = await startGateway();
  const document =
    'query ($shown: Boolean!, $limit: Int = 5) { worklist(limit: $limit) @include(if: $shown) { limit } }';
  expect((await query(document, { shown: false, limit: null })).body).toEqual({ data: {} });
  const { body } = await query(document, { shown: true, limit: null });
  expect(body).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  expect(body).not.toHaveProperty('data');
});

test('a directive with a variable at the root of a subscription does not fit, whichever operation is asked for', async () => {
  const { query } = await startGateway();
  const document =
    'query Q { worklist { total } } subscription S($s: Boolean!) { worklist @include(if: $s) { total } }';
  const { body } = await query(document, undefined, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: document, operationName: 'Q' }),
  });
  expect(body.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
});
