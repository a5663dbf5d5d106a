import { expect, test } from 'vitest';
import { startGateway, type GatewayOverrides } from '../support/gateway-harness.ts';
import { createManualClock } from '../support/manual-clock.ts';

const QUERY = '{ worklist(limit: 3) { fetchedAt stale } }';

/** How old a page is that a request with such a `Cache-Control` gets, and how often the upstream was asked so far. */
async function setUp(overrides: GatewayOverrides = {}) {
  const clock = createManualClock();
  const { url, sandbox } = await startGateway({ clock, sandboxNow: () => clock.now(), ...overrides });

  async function ask(cacheControl: string, isGet = false) {
    const headers = { 'content-type': 'application/json', 'cache-control': cacheControl };
    const response = isGet
      ? await fetch(`${url}/graphql?query=${encodeURIComponent(QUERY)}`, { headers })
      : await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query: QUERY }) });
    const { data, errors } = (await response.json()) as {
      data?: { worklist: { fetchedAt: string; stale: boolean } | null };
      errors?: { extensions: { code: string } }[];
    };
    const page = data?.worklist;
    return {
      ...(page && { ageMs: clock.now() - Date.parse(page.fetchedAt), stale: page.stale }),
      ...(errors && { codes: errors.map(({ extensions }) => extensions.code) }),
      calls: sandbox.worklistRequests().length,
    };
  }
  return { clock, ask };
}

test.each([false, true])(
  'a refresh button gets a new page each time, once a second, by GET: %s; others share it',
  async (isGet) => {
    const { clock, ask } = await setUp();
    // Often enough that the response is kept, and the operation compiled.
    for (let time = 0; time < 5; time += 1) await ask('');
    await clock.advance(2_000);
    expect(await ask('', isGet)).toEqual({ ageMs: 2_000, stale: false, calls: 1 });
    expect(await ask('no-cache', isGet)).toEqual({ ageMs: 0, stale: false, calls: 2 });
    expect(await ask('', isGet)).toEqual({ ageMs: 0, stale: false, calls: 2 });
    await clock.advance(1_000);
    expect(await ask('no-cache', isGet)).toEqual({ ageMs: 1_000, stale: false, calls: 2 });
    await clock.advance(1);
    expect(await ask('no-cache', isGet)).toEqual({ ageMs: 0, stale: false, calls: 3 });
  },
);

test('max-age, max-stale and only-if-cached reach the page', async () => {
  const { clock, ask } = await setUp({ cache: { staleMs: 0, staleIfErrorMs: 60_000 } });
  expect(await ask('only-if-cached')).toEqual({ codes: ['NOT_CACHED'], calls: 0 });
  await ask('');
  await clock.advance(3_000);
  expect(await ask('max-age=3')).toEqual({ ageMs: 3_000, stale: false, calls: 1 });
  expect(await ask('max-age=2')).toEqual({ ageMs: 0, stale: false, calls: 2 });
  await clock.advance(6_000);
  expect(await ask('only-if-cached')).toEqual({ codes: ['NOT_CACHED'], calls: 2 });
  expect(await ask('only-if-cached, max-stale')).toEqual({ ageMs: 6_000, stale: true, calls: 2 });
  expect(await ask('max-stale=1')).toMatchObject({ ageMs: 6_000, stale: true });
});

test('a page of another origin may send Cache-Control', async () => {
  const { url } = await startGateway();
  const { headers } = await fetch(`${url}/graphql`, {
    method: 'OPTIONS',
    headers: {
      origin: 'http://localhost:5173',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'cache-control,content-type',
    },
  });
  expect(headers.get('access-control-allow-headers')).toContain('cache-control');
});
