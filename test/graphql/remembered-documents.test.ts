import { parse, validate } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { expect, test } from 'vitest';
import { useDocumentCache } from '../../src/graphql/use-document-cache.ts';
import { documentHash } from '../../src/document-hash.ts';
import { findPersisted } from '../../src/graphql/find-document.ts';
import { schema } from '../../src/schema/schema.ts';

/** GraphQL with a plugin, and how often it has parsed and validated so far. */
function setUp(plugin: Plugin) {
  const counts = { parsed: 0, validated: 0 };
  const counting: Plugin = {
    onParse({ setParseFn }) {
      setParseFn((...args) => {
        counts.parsed += 1;
        return parse(...args);
      });
    },
    onValidate({ setValidationFn }) {
      setValidationFn((...args) => {
        counts.validated += 1;
        return validate(args[0], args[1]);
      });
    },
  };
  const yoga = createYoga({
    schema,
    plugins: [counting, plugin],
    parserAndValidationCache: false,
    logging: false,
  });
  async function ask(body: Readonly<Record<string, unknown>>) {
    const response = await yoga.fetch('http://127.0.0.1/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return response.text();
  }
  return { ask, counts };
}

const KB = 1_024;

test('a valid document is parsed and validated once', async () => {
  const { ask, counts } = setUp(useDocumentCache());
  const first = await ask({ query: '{ __typename }' });
  expect(await ask({ query: '{ __typename }' })).toBe(first);
  expect(counts).toEqual({ parsed: 1, validated: 1 });
});

test.each(['{ nothing }', '{ worklist(limit: "x") { total } }', '{'])(
  'nothing is remembered of a wrong document: %s',
  async (query) => {
    const { ask, counts } = setUp(useDocumentCache());
    const first = await ask({ query });
    expect(await ask({ query })).toBe(first);
    expect(counts.parsed).toBe(2);
  },
);

/** Documents that take a good 64 kB each, by what they consist of. */
const LARGE: readonly (readonly [string, (index: number) => string])[] = [
  ['tokens', (index) => `{ ${'__typename '.repeat(110)} } #${index}`],
  ['comments', (index) => `{ __typename }${'\n#'.repeat(110)}${index}`],
  ['characters', (index) => `{ __typename } #${'x'.repeat(32 * KB)}${index}`],
];

test.each(LARGE)('what is remembered is counted by its %s: the oldest is forgotten', async (_what, make) => {
  const { ask, counts } = setUp(useDocumentCache(256 * KB));
  for (const index of [0, 1, 2, 0]) await ask({ query: make(index) });
  expect(counts.parsed).toBe(3);
  for (const index of [3, 4, 5, 0]) await ask({ query: make(index) });
  expect(counts.parsed).toBe(7);
});

test('a document that is larger than all that may be remembered is answered, and not remembered', async () => {
  const { ask, counts } = setUp(useDocumentCache(KB));
  for (let run = 0; run < 2; run += 1) {
    expect(await ask({ query: '{ __typename }' })).toBe('{"data":{"__typename":"Query"}}');
  }
  expect(counts.parsed).toBe(2);
});

test('a small persisted document counts with all it takes: its hash and its entry', () => {
  const find = findPersisted(2 * KB);
  const hashed = (index: number, more: Readonly<Record<string, unknown>>) => {
    const sha256Hash = documentHash(`{__typename}#${index}`);
    return find({ ...more, extensions: { persistedQuery: { version: 1, sha256Hash } } });
  };
  for (const index of [0, 1, 2, 3]) hashed(index, { query: `{__typename}#${index}` });
  expect(hashed(3, {})).toMatchObject({ query: '{__typename}#3' });
  expect(() => hashed(0, {})).toThrow('PersistedQueryNotFound');
});
