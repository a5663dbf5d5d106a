import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';
import { createManualClock } from '../support/manual-clock.ts';

/** What a GET of this query says about keeping its answer. */
async function cachingOf(url: string, query: string, init: RequestInit = {}): Promise<string | null> {
  const response = await fetch(`${url}/graphql?query=${encodeURIComponent(query)}`, init);
  await response.text();
  return response.headers.get('cache-control');
}

test('the answer to a GET may be kept for as long as each page in it is fresh', async () => {
  const clock = createManualClock();
  const { url } = await startGateway({ clock });
  const FIRST = '{ worklist(limit: 3) { total } }';
  expect(await cachingOf(url, FIRST)).toBe('public, max-age=5');
  await clock.advance(2_500);
  expect(await cachingOf(url, FIRST)).toBe('public, max-age=2');
  expect(await cachingOf(url, '{ a: worklist(limit: 3) { total } b: worklist(offset: 50) { total } }')).toBe(
    'public, max-age=2',
  );
  await clock.advance(2_000);
  expect(await cachingOf(url, FIRST)).toBe('no-store');
});

test('a response that may be kept says which headers of the request it depends on', async () => {
  const { url } = await startGateway();
  const response = await fetch(`${url}/graphql?query={worklist{total}}`);
  await response.text();
  expect(response.headers.get('vary')).toBe('Accept, Accept-Encoding, Origin, Authorization, X-Api-Key');
});

test.each([
  ['the token', '{ token { tokenType } }'],
  ['the token beside a page', '{ worklist { total } token { tokenType } }'],
  ['an error', '{ worklist(limit: 1000) { total } }'],
  ['an error beside a page', '{ worklist { total } refused: worklist(limit: 1000) { total } }'],
  ['nothing that was fetched', '{ __typename }'],
  ['a page of no records, of which nothing is known', '{ worklist(limit: 0) { total } }'],
])('an answer that holds %s may not be kept', async (_what, query) => {
  const { url } = await startGateway();
  expect(await cachingOf(url, query)).toBe('no-store');
});

test('the answer to a POST may not be kept', async () => {
  const { query } = await startGateway();
  expect((await query('{ worklist { total } }')).headers.get('cache-control')).toBe('no-store');
});

test('a stale page may not be kept any longer', async () => {
  const clock = createManualClock();
  const { url } = await startGateway({ clock, cache: { staleMs: 60_000 } });
  await cachingOf(url, '{ worklist { total } }');
  await clock.advance(5_000);
  expect(await cachingOf(url, '{ worklist { total } }')).toBe('no-store');
});

test("a caller's answer may be kept by that caller alone", async () => {
  const sha256 = Buffer.from('5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5', 'hex');
  const { url } = await startGateway({
    access: {
      callers: { kind: 'api-key', keys: [{ name: 'a', sha256, permissions: new Set(['worklist:read']) }] },
    },
  });
  const headers = { authorization: 'Bearer 12345' };
  expect(await cachingOf(url, '{ worklist { total } }', { headers })).toMatch(/^private, max-age=[1-5]$/);
});

test('a batch with an error that kept one of it from being executed is not kept', async () => {
  const { url } = await startGateway({ api: { batchLimit: 2 } });
  const document = '{ __typename }';
  const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(document).digest('hex') };
  const ask = async (body: object) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
    return response.json();
  };
  const batch = [{ query: '{ worklist { total } }' }, { extensions: { persistedQuery } }];
  const unknown = { errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] };
  for (let time = 0; time < 3; time += 1) {
    expect(await ask(batch)).toMatchObject([{ data: { worklist: { total: 240 } } }, unknown]);
  }
  await ask({ query: document, extensions: { persistedQuery } });
  expect(await ask(batch)).toMatchObject([
    { data: { worklist: { total: 240 } } },
    { data: { __typename: 'Query' } },
  ]);
});
