import { expect, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { FreshnessDemands } from '../../src/freshness-demands.ts';
import { createListedUpstream, type ListedUpstreamOptions } from '../support/listed-upstream.ts';

const WINDOW = { offset: 0, limit: 20 };
const OUTAGE = new GatewayError('UPSTREAM_UNAVAILABLE', 'GoSpeech could not be reached.');

/** Pages that are fresh for 5 s, served stale for 10 s more, and for an hour where the upstream fails. */
async function setUp(options: Partial<ListedUpstreamOptions> = {}) {
  let isDown = false;
  const upstream = createListedUpstream({
    length: 50,
    ttlMs: 5_000,
    staleMs: 10_000,
    staleIfErrorMs: 3_600_000,
    intercept: () => (isDown ? Promise.reject(OUTAGE) : undefined),
    ...options,
  });
  const { pages, calls, clock } = upstream;
  await pages.read(WINDOW);
  const firstAtMs = clock.now();
  return {
    ...upstream,
    fail: () => (isDown = true),
    heal: () => (isDown = false),
    /** How old a page is that is served to such demands, whether it is stale, and how many calls there were so far. */
    async read(demands: FreshnessDemands) {
      const { stale, fetchedAt } = await pages.read({ ...WINDOW, demands });
      return { ageMs: clock.now() - Date.parse(fetchedAt), stale, calls: calls.length };
    },
    firstAtMs,
  };
}

test('max-age fetches a page that is older, and waits for it', async () => {
  const { read, clock } = await setUp();
  await clock.advance(3_000);
  expect(await read({ maxAgeMs: 3_000 })).toEqual({ ageMs: 3_000, stale: false, calls: 1 });
  expect(await read({ maxAgeMs: 2_999 })).toEqual({ ageMs: 0, stale: false, calls: 2 });
});

test('nobody who asks for the newest makes more than one call a second', async () => {
  const { read, clock, calls } = await setUp();
  for (let step = 0; step < 100; step += 1) {
    await clock.advance(100);
    expect((await read({ maxAgeMs: 0 })).ageMs).toBeLessThanOrEqual(1_000);
  }
  expect(calls.length).toBeLessThanOrEqual(11);
});

test('a stale page, which is served at once without demands, is not where it is too old for one', async () => {
  const { read, clock } = await setUp();
  await clock.advance(12_000);
  expect(await read({ maxAgeMs: 12_000 })).toEqual({ ageMs: 12_000, stale: true, calls: 2 });
  await clock.advance(12_000);
  expect(await read({ maxAgeMs: 11_000 })).toEqual({ ageMs: 0, stale: false, calls: 3 });
});

test('once a page has failed to be fetched again, who demands a newer one waits for it all the same', async () => {
  const { read, clock, fail, heal } = await setUp();
  fail();
  await clock.advance(6_000);
  await read({ maxStaleMs: Infinity });
  heal();
  await clock.advance(1_800_000);
  expect(await read({ maxAgeMs: 0 })).toMatchObject({ ageMs: 0, stale: false });
});

test('where GoSpeech fails, the old page is served though a newer one is demanded', async () => {
  const { read, clock, fail } = await setUp();
  await clock.advance(3_000);
  fail();
  expect(await read({ maxAgeMs: 0 })).toEqual({ ageMs: 3_000, stale: true, calls: 2 });
});

test('max-stale serves at once what would be waited for, and fetches it behind', async () => {
  const { read, clock } = await setUp();
  await clock.advance(20_000);
  expect(await read({ maxStaleMs: 15_000 })).toEqual({ ageMs: 20_000, stale: true, calls: 2 });
  expect(await read({})).toEqual({ ageMs: 0, stale: false, calls: 2 });
  await clock.advance(20_001);
  expect(await read({ maxStaleMs: 15_000 })).toEqual({ ageMs: 0, stale: false, calls: 3 });
});

test('max-stale without a value takes a page that the list has outgrown, too', async () => {
  const { read, clock, ids, pages } = await setUp();
  await clock.advance(1_000);
  ids.unshift('new');
  await pages.read({ offset: 10, limit: 20 });
  expect(await read({ maxStaleMs: Infinity })).toMatchObject({ ageMs: 1_000, stale: true });
});

test('only-if-cached serves what is kept, fetches nothing, and is told where nothing is kept', async () => {
  const { read, pages, clock, calls } = await setUp();
  const onlyIfCached = true;
  await clock.advance(12_000);
  expect(await read({ onlyIfCached })).toEqual({ ageMs: 12_000, stale: true, calls: 1 });
  await clock.advance(4_000);
  await expect(read({ onlyIfCached })).rejects.toMatchObject({ code: 'NOT_CACHED', retryable: true });
  expect(await read({ onlyIfCached, maxStaleMs: 60_000 })).toMatchObject({ ageMs: 16_000, calls: 1 });
  await expect(pages.read({ offset: 20, limit: 20, demands: { onlyIfCached } })).rejects.toMatchObject({
    code: 'NOT_CACHED',
  });
  expect(calls).toHaveLength(1);
});
