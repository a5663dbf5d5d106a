import { setImmediate } from 'node:timers/promises';
import { array, assert, asyncProperty, constantFrom, integer, record, tuple } from 'fast-check';
import {
  execute,
  getOperationAST,
  getVariableValues,
  parse,
  validate,
  type DocumentNode,
  type ExecutionResult,
} from 'graphql';
import { expect, test } from 'vitest';
import type { PageWindow } from '../../src/datasources/page-window.ts';
import { GatewayError } from '../../src/errors.ts';
import {
  createCompiledOperations,
  type CompiledOperations,
  type CompiledOperationsOptions,
} from '../../src/graphql/compiled-operations.ts';
import type { GatewayContext } from '../../src/schema/context.ts';
import { createResponseLifetime } from '../../src/schema/response-lifetime.ts';
import { schema } from '../../src/schema/schema.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

/** Records of every kind: full, empty, with what JavaScript takes for something else. */
const RECORDS = [
  {
    id: '1',
    title: 'Höre "die" 🎙️\n',
    status: 'Done',
    progress: 12.5,
    language: 'de-DE',
    durationMs: 0,
    createdAt: '1970-01-01T00:00:00.000Z',
    updatedAt: '2025-12-29T09:20:00.000Z',
    fields: { a: [1, null, { b: 'c' }], toString: 'x' },
  },
  {
    id: '',
    title: null,
    status: null,
    progress: null,
    language: null,
    durationMs: null,
    createdAt: null,
    updatedAt: null,
    fields: {},
  },
] as const;

async function load({ offset, limit }: PageWindow) {
  if (offset === 13) throw new GatewayError('UPSTREAM_UNAVAILABLE', 'It is gone.');
  return {
    offset,
    limit,
    records: limit === 7 ? [] : RECORDS,
    total: offset === 5 ? null : 2,
    hasNextPage: false,
    fetchedAt: '2025-12-29T09:20:00.000Z',
    stale: false,
    freshForMs: () => 1,
  };
}

function contextOf(clock: ManualClock, permissions: GatewayContext['permissions']): GatewayContext {
  return {
    worklist: {
      load,
      async loadBehind({ after, offset, limit }) {
        if (after === '13') throw new GatewayError('CURSOR_LOST', 'It is nowhere.', { offset });
        return {
          ...(await load({ offset, limit })),
          fetchedAt: `2025-12-29T09:20:00.00${after.length % 10}Z`,
        };
      },
    },
    livePages: {
      watch: () => {
        throw new GatewayError('UPSTREAM_UNAVAILABLE', 'Nothing is watched here.');
      },
    },
    serviceToken: () => Promise.reject(new GatewayError('UPSTREAM_UNAVAILABLE', 'There is none.')),
    permissions,
    reveal: () => '',
    maxPageSize: 100,
    clock,
    lifetime: createResponseLifetime(),
  };
}

/** How an operation is run, once it was seen often enough. */
async function compiled(operations: CompiledOperations, clock: ManualClock, document: DocumentNode) {
  const text = document.loc?.source.body ?? '';
  const operation = getOperationAST(document);
  if (!operation) throw new Error('There is one operation.');
  for (let sight = 0; sight < 3; sight += 1) {
    await setImmediate();
    expect(operations.find(text, undefined)).toBeUndefined();
    operations.see(document, operation, undefined);
  }
  await setImmediate();
  await setImmediate();
  await clock.advance(50);
  return operations.find(text, undefined)?.run;
}

async function createOperations(options: Partial<CompiledOperationsOptions> = {}) {
  // Else the first one waits for it.
  await import('graphql-jit');
  const clock = createManualClock();
  return {
    clock,
    operations: createCompiledOperations({ schema, clock, isHarmless: () => true, ...options }),
  };
}

/** What of a result is used: with an error in it, graphql-js makes it anew. */
const seen = (result: ExecutionResult) => (result.errors === undefined ? JSON.stringify(result) : 'wrong');

const READER: GatewayContext['permissions'] = new Set(['worklist:read']);

const ofRecord = constantFrom(
  'id',
  'title',
  't: title',
  '__typename',
  'fields',
  'createdAt',
  'progress',
  '...R',
  '... { id }',
);
const ofPage = constantFrom(
  'total',
  'stale',
  'x: limit',
  '__typename',
  '...P',
  '... on Worklist { fetchedAt }',
  'hasNextPage',
);
const recordFields = array(ofRecord, { minLength: 1, maxLength: 5 }).map(
  (words) => `records { ${words.join(' ')} }`,
);
const pages = tuple(
  constantFrom(
    '',
    '(limit: $limit)',
    '(offset: $offset, limit: $limit)',
    '(offset: 5, limit: 7)',
    '(after: "1", limit: 3)',
    '(after: $after)',
  ),
  array(ofPage, { maxLength: 4 }),
  array(recordFields, { minLength: 1, maxLength: 3 }),
).map(([list, ...words]) => `worklist${list} { ${words.flat().join(' ')} }`);
/** Valid ones, whose variables and fragments are all used. */
const documents = array(pages, { minLength: 1, maxLength: 3 }).map(
  (fields) => `query A($limit: Int! = 3, $offset: Int = 1, $after: ID) {
    ${fields.map((field, index) => `f${index}: ${field}`).join(' ')}
    used: worklist(after: $after, offset: $offset, limit: $limit) { ...P records { ...R } }
  }
  fragment P on Worklist { total records { id language } }
  fragment R on Record { id updatedAt status }`,
);

test('what is compiled gives what graphql-js gives, to the byte, or says that something is wrong where that does', async () => {
  let same = 0;
  await assert(
    asyncProperty(
      documents,
      record(
        { limit: integer({ min: 0, max: 8 }), offset: integer({ min: 0, max: 13 }) },
        { requiredKeys: [] },
      ),
      async (text, sent) => {
        // Each time anew: a text that comes twice would be known.
        const { clock, operations } = await createOperations();
        const document = parse(text);
        expect(validate(schema, document)).toEqual([]);
        const run = await compiled(operations, clock, document);
        if (run === undefined) throw new Error('It is not compiled.');
        const operation = getOperationAST(document);
        const { coerced } = getVariableValues(schema, operation?.variableDefinitions ?? [], sent);
        if (coerced === undefined) throw new Error('The variables are right.');
        const contextValue = contextOf(clock, READER);
        const right = await execute({ schema, document, variableValues: sent, contextValue });
        const given = await run(contextOf(clock, READER), coerced);
        if (right.errors === undefined) same += 1;
        expect(seen(given)).toBe(seen(right));
      },
    ),
    { numRuns: 300 },
  );
  expect(same).toBeGreaterThan(100);
}, 60_000);

test.each([
  '{ worklist { records { id title status progress language durationMs createdAt updatedAt fields } } }',
  '{ worklist { records { id: title title: id x: fields } total __typename } again: worklist(offset: 5) { total } }',
  '{ __typename worklist { __typename records { __typename id } records { t: title id } } }',
  'query ($limit: Int! = 7) { worklist(limit: $limit) { records { id } hasNextPage } }',
  '{ ...Root } fragment Root on Query { worklist { ...Page ... { stale } ... on Worklist { limit } } } fragment Page on Worklist { records { ...Id } offset } fragment Id on Record { id id }',
])('it compiles %s', async (text) => {
  const { clock, operations } = await createOperations();
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const run = await compiled(operations, clock, document);
  const given = await run?.(contextOf(clock, READER), { limit: 7 });
  const right = await execute({ schema, document, contextValue: contextOf(clock, READER) });
  expect(JSON.stringify(given)).toBe(JSON.stringify(right));
});

test.each([
  ['asks for something that may not be asked for twice', '{ worklist { total } token { tokenType } }'],
  ['asks for the schema', '{ __schema { queryType { name } } }'],
  ['decides by variables', 'query ($a: Boolean!) { worklist { total @skip(if: $a) } }'],
  ['would name the prototype of an object', '{ worklist { __proto__: total } }'],
  ['is long', `{ worklist { ${'total '.repeat(1_500)} } }`],
])('it leaves to graphql-js what %s', async (_what, text) => {
  const { clock, operations } = await createOperations();
  expect(await compiled(operations, clock, parse(text))).toBeUndefined();
});

test('it leaves to graphql-js what may be too large, by what is sent', async () => {
  const { clock, operations } = await createOperations({ isHarmless: () => false });
  expect(await compiled(operations, clock, parse('{ worklist { total } }'))).toBeUndefined();
});

test('by another name that is sent, or none, it is another', async () => {
  const { clock, operations } = await createOperations();
  const document = parse('query A { worklist { total } }');
  expect(await compiled(operations, clock, document)).toBeDefined();
  const text = document.loc?.source.body ?? '';
  expect(operations.find(text, 'A')).toBeUndefined();
  // A name that a client writes as it likes may hold blanks.
  expect(operations.find('A { worklist { total } }', 'query')).toBeUndefined();
  expect(operations.find('A { worklist { total } }', ' query')).toBeUndefined();
});

test('the one unused for longest is forgotten, as if it had never been seen', async () => {
  const { clock, operations } = await createOperations({ maxOperations: 2 });
  for (const alias of ['a', 'b', 'c', 'a']) {
    expect(await compiled(operations, clock, parse(`{ ${alias}: worklist { total } }`))).toBeDefined();
  }
});

test('no more than one is compiled in a while', async () => {
  const { clock, operations } = await createOperations();
  const [one, other] = ['a', 'b'].map((alias) => parse(`{ ${alias}: worklist { total } }`));
  if (one === undefined || other === undefined) throw new Error('There are two.');
  const isCompiled = (document: DocumentNode) =>
    operations.find(document.loc?.source.body ?? '', undefined) !== undefined;
  async function see(document: DocumentNode, times: number): Promise<void> {
    const operation = getOperationAST(document);
    for (let sight = 0; sight < times; sight += 1)
      if (operation) operations.see(document, operation, undefined);
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
  }
  await see(one, 2);
  expect(isCompiled(one)).toBe(false);
  await see(one, 1);
  expect(isCompiled(one)).toBe(true);
  await see(other, 10);
  expect(isCompiled(other)).toBe(false);
  await clock.advance(50);
  await see(other, 1);
  expect(isCompiled(other)).toBe(true);
});
