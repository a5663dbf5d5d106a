import { expect, test } from 'vitest';
import { responseKey, type ResponseKeyParts } from '../../src/responses/response-key.ts';
import {
  createResponseStore,
  type KeptResponse,
  type ResponseStore,
} from '../../src/responses/response-store.ts';

const PARTS: ResponseKeyParts = {
  permissions: new Set(['worklist:read']),
  mediaType: 'application/json',
  coding: 'identity',
  method: 'POST',
  text: '{"query":"{ worklist { total } }"}',
};

test.each<[string, Partial<ResponseKeyParts>]>([
  ['permission', { permissions: new Set(['worklist:read', 'token:read']) }],
  ['media type', { mediaType: 'application/graphql-response+json' }],
  ['coding', { coding: 'gzip' }],
  ['method', { method: 'GET' }],
  ['document, operation name or variable', { text: '{"query":"{ worklist { total } }","variables":{}}' }],
])('another %s has a response of its own', (_what, change) => {
  expect(responseKey({ ...PARTS, ...change })).not.toBe(responseKey(PARTS));
});

test('callers who may do the same have the same response, in whatever order it is written', () => {
  const [one, other] = (['worklist:read', 'token:read'] as const).map(
    (first) => new Set([first, 'worklist:read' as const, 'token:read' as const]),
  );
  expect(responseKey({ ...PARTS, permissions: one ?? new Set() })).toBe(
    responseKey({ ...PARTS, permissions: other ?? new Set() }),
  );
});

function response(freshForMs: () => number, length = 10): KeptResponse {
  return {
    status: 200,
    headers: [],
    body: 'x'.repeat(length),
    encoding: 'latin1',
    etag: undefined,
    freshForMs,
  };
}

/** A response is kept the second time that it is made. */
function keep(store: ResponseStore, key: string, kept: KeptResponse): void {
  store.keep(key, kept);
  store.keep(key, kept);
}

test('what is made once is not kept, so that it drives out nothing', () => {
  const store = createResponseStore(100_000);
  const kept = response(() => 1);
  store.keep('key', kept);
  store.keep('other', kept);
  expect(store.find('key')).toBeUndefined();
  store.keep('key', kept);
  expect(store.find('key')).toBe(kept);
  expect(store.find('other')).toBeUndefined();
});

test('a response is given for as long as it says, and then never again', () => {
  const store = createResponseStore(100_000);
  let freshForMs = 5_000;
  const kept = response(() => freshForMs);
  keep(store, 'key', kept);
  expect(store.find('key')).toBe(kept);
  freshForMs = 0;
  expect(store.find('key')).toBeUndefined();
  freshForMs = 5_000;
  expect(store.find('key')).toBeUndefined();
});

test('what may not be kept is not', () => {
  const store = createResponseStore(100_000);
  keep(
    store,
    'key',
    response(() => 0),
  );
  expect(store.find('key')).toBeUndefined();
});

test('beyond the bound the one unused for longest is forgotten, its key counted too', () => {
  const store = createResponseStore(30_000);
  const long = (name: string) => name.padEnd(2_000, ' ');
  for (const name of ['a', 'b', 'c']) {
    keep(
      store,
      long(name),
      response(() => 1, 4_000),
    );
  }
  expect(store.find(long('a'))).toBeDefined();
  keep(
    store,
    long('d'),
    response(() => 1, 4_000),
  );
  expect(['a', 'b', 'c', 'd'].map((name) => store.find(long(name)) !== undefined)).toEqual([
    true,
    false,
    true,
    true,
  ]);
});
