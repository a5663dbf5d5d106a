import { expect, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { FetchedPage } from '../../src/datasources/fetch-page.ts';
import { createListedUpstream, type ListedUpstreamOptions } from '../support/listed-upstream.ts';
import { settle } from '../support/manual-clock.ts';

const FIRST = { offset: 0, limit: 20 };
const TTL_MS = 5_000;
const STALE_MS = 60_000;
const STALE_IF_ERROR_MS = 3_600_000;
const DOWN = new GatewayError('UPSTREAM_UNAVAILABLE', 'GoSpeech could not be reached.');

/** An upstream that can be made to fail, with the default lifetimes. */
function setUp(options: Partial<ListedUpstreamOptions> = {}) {
  let failure: Error | undefined;
  const upstream = createListedUpstream({
    length: 50,
    ttlMs: TTL_MS,
    staleMs: STALE_MS,
    staleIfErrorMs: STALE_IF_ERROR_MS,
    intercept: () => (failure === undefined ? undefined : Promise.reject(failure)),
    ...options,
  });
  return {
    ...upstream,
    fail: (error: Error | undefined) => (failure = error),
    /** The instants, in milliseconds since the start, and the flag of the page now. */
    async read(window = FIRST) {
      const page = await upstream.pages.read(window);
      return { fetchedAtMs: Date.parse(page.fetchedAt) - startMs, stale: page.stale };
    },
  };
}
const startMs = createListedUpstream({ length: 0 }).clock.now();

test('a stale page is served at once, marked so, and fetched again behind the caller, once', async () => {
  const { read, clock, calls } = setUp();
  expect(await read()).toEqual({ fetchedAtMs: 0, stale: false });
  await clock.advance(TTL_MS);
  const answers = await Promise.all(Array.from({ length: 50 }, () => read()));
  expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
    new Set([JSON.stringify({ fetchedAtMs: 0, stale: true })]),
  );
  await settle();
  expect(await read()).toEqual({ fetchedAtMs: TTL_MS, stale: false });
  expect(calls).toHaveLength(2);
});

test('a part of a stale window is cut from it, and the whole window is fetched again', async () => {
  const { read, clock, calls } = setUp();
  await read({ offset: 0, limit: 40 });
  await clock.advance(TTL_MS);
  expect(await read({ offset: 10, limit: 5 })).toEqual({ fetchedAtMs: 0, stale: true });
  await settle();
  expect(await read({ offset: 30, limit: 10 })).toEqual({ fetchedAtMs: TTL_MS, stale: false });
  expect(calls).toEqual([
    { offset: 0, limit: 40 },
    { offset: 0, limit: 40 },
  ]);
});

test('a page older than its stale time is waited for', async () => {
  const { read, clock } = setUp();
  await read();
  await clock.advance(TTL_MS + STALE_MS);
  expect(await read()).toEqual({ fetchedAtMs: TTL_MS + STALE_MS, stale: false });
});

test('a page older than its stale time is served where fetching it fails', async () => {
  const { read, clock, fail } = setUp();
  await read();
  fail(DOWN);
  await clock.advance(TTL_MS + STALE_MS);
  expect(await read()).toEqual({ fetchedAtMs: 0, stale: true });
});

test('a page older than all of its times is not served, and the failure shows', async () => {
  const { read, clock, fail } = setUp();
  await read();
  fail(DOWN);
  await clock.advance(TTL_MS + STALE_IF_ERROR_MS);
  await expect(read()).rejects.toBe(DOWN);
});

test('after a failed revalidation the page stays, and is not tried again by every request', async () => {
  const { read, clock, calls, fail, events } = setUp();
  await read();
  fail(DOWN);
  await clock.advance(TTL_MS);
  for (let request = 0; request < 100; request += 1) {
    expect(await read()).toEqual({ fetchedAtMs: 0, stale: true });
    await settle();
  }
  expect(calls).toHaveLength(2);
  expect(events).toEqual([{ type: 'revalidation.failed', error: DOWN, retryInMs: 1_000 }]);

  await clock.advance(1_000);
  await read();
  await settle();
  expect(calls).toHaveLength(3);
});

test('once it is known that the upstream fails, nobody waits for it any more', async () => {
  const { pages, clock, fail, calls } = setUp();
  await pages.read(FIRST);
  fail(DOWN);
  await clock.advance(TTL_MS + STALE_MS);
  await pages.read(FIRST);
  await clock.advance(1_000);
  fail(new TypeError('Nobody waits for this.'));
  expect((await pages.read(FIRST)).stale).toBe(true);
  expect(calls).toHaveLength(3);
});

test('the pause of a page is a second, however long the failure says: what is over for others is over for it', async () => {
  const { read, clock, calls, fail } = setUp();
  await read();
  fail(new GatewayError('UPSTREAM_AUTH_FAILED', 'Refused.', { retryAfterMs: 900_000 }));
  await clock.advance(TTL_MS);
  await read();
  await clock.advance(999);
  await read();
  expect(calls).toHaveLength(2);
  fail(undefined);
  await clock.advance(1);
  await read();
  await settle();
  expect((await read()).stale).toBe(false);
});

test('a call that takes too many calls is no failure of the upstream, and says so', async () => {
  const { pages, clock, fail, events } = setUp();
  await pages.read(FIRST);
  fail(new GatewayError('QUERY_TOO_COMPLEX', 'Ask for less.'));
  await clock.advance(TTL_MS + STALE_MS);
  await expect(pages.read(FIRST)).rejects.toMatchObject({ code: 'QUERY_TOO_COMPLEX' });
  expect(events).toEqual([]);
});

test('a refusal of a page behind the end leaves the page that told the end', async () => {
  const { read, clock, fail } = setUp({ total: () => 50 });
  await read({ offset: 30, limit: 20 });
  await clock.advance(TTL_MS + STALE_MS);
  fail(new GatewayError('UPSTREAM_REJECTED', 'HTTP 400.'));
  await expect(read({ offset: 5_000, limit: 20 })).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED' });
  fail(DOWN);
  expect(await read({ offset: 30, limit: 20 })).toEqual({ fetchedAtMs: 0, stale: true });
});

test('when the upstream is back, the page is fresh after the next pause', async () => {
  const { read, clock, fail } = setUp();
  await read();
  fail(DOWN);
  await clock.advance(600_000);
  expect(await read()).toEqual({ fetchedAtMs: 0, stale: true });
  fail(undefined);
  await clock.advance(1_000);
  expect(await read()).toEqual({ fetchedAtMs: 0, stale: true });
  await settle();
  expect(await read()).toEqual({ fetchedAtMs: 601_000, stale: false });
});

test.each([
  ['refused credentials', new GatewayError('UPSTREAM_AUTH_FAILED', 'Refused.')],
  ['a deadline', new GatewayError('UPSTREAM_TIMEOUT', 'Too late.')],
  ['a bad answer', new GatewayError('UPSTREAM_BAD_RESPONSE', 'Not JSON.')],
  ["the gateway's own queue", new GatewayError('OVERLOADED', 'Full.')],
])('%s leaves the stale page', async (_what, failure) => {
  const { read, clock, fail } = setUp();
  await read();
  fail(failure);
  await clock.advance(TTL_MS + STALE_MS);
  expect(await read()).toEqual({ fetchedAtMs: 0, stale: true });
});

test.each([
  ['a refusal of this very request', new GatewayError('UPSTREAM_REJECTED', 'HTTP 404.')],
  ['a bug', new TypeError('bug')],
])('%s is not hidden behind a stale page', async (_what, failure) => {
  const { read, clock, fail } = setUp();
  await read();
  fail(failure);
  await clock.advance(TTL_MS + STALE_MS);
  await expect(read()).rejects.toBe(failure);
});

test('a page that the upstream refuses, when it is fetched again behind a caller, is served no longer', async () => {
  const { read, clock, fail } = setUp({ total: () => 50 });
  const refusal = new GatewayError('UPSTREAM_REJECTED', 'HTTP 404.');
  await read();
  fail(refusal);
  await clock.advance(TTL_MS);
  expect((await read()).stale).toBe(true);
  await settle();
  await expect(read()).rejects.toBe(refusal);
  await expect(read({ offset: 60, limit: 20 })).rejects.toBe(refusal);
});

test('a caller that leaves while a page is fetched again gets its reason, not the stale page', async () => {
  const { pages, clock } = setUp({ intercept: neverTheSecondTime() });
  await pages.read(FIRST);
  await clock.advance(TTL_MS + STALE_MS);
  const caller = new AbortController();
  const read = pages.read(FIRST, caller.signal);
  caller.abort(new Error('gone'));
  await expect(read).rejects.toThrow('gone');
});

test('a page behind the end goes stale like any other', async () => {
  const { read, clock, calls } = setUp({ total: () => 50 });
  await read();
  await clock.advance(TTL_MS);
  expect(await read({ offset: 60, limit: 20 })).toEqual({ fetchedAtMs: 0, stale: true });
  await settle();
  expect(await read({ offset: 60, limit: 20 })).toEqual({ fetchedAtMs: TTL_MS, stale: false });
  expect(calls.at(-1)).toEqual({ offset: 60, limit: 20 });
});

test('an empty page of no records says whether what it knows is stale, and never makes a call', async () => {
  const { pages, clock, calls } = setUp({ total: () => 50 });
  await pages.read(FIRST);
  await clock.advance(TTL_MS);
  expect(await pages.read({ offset: 0, limit: 0 })).toMatchObject({ total: 50, stale: true });
  expect(calls).toHaveLength(1);
});

test('a list that became shorter leaves none of its old records behind', async () => {
  const { pages, clock, ids } = setUp();
  await pages.read({ offset: 0, limit: 50 });
  ids.splice(10);
  await clock.advance(TTL_MS);
  await pages.read({ offset: 0, limit: 50 });
  await settle();
  expect(await pages.read({ offset: 5, limit: 20 })).toMatchObject({
    records: { length: 5 },
    hasNextPage: false,
    stale: false,
  });
});

test('what may not be stored is fetched each time, though together', async () => {
  const { pages, calls } = setUp({ caching: { mayStore: false } });
  await Promise.all([pages.read(FIRST), pages.read(FIRST)]);
  await pages.read(FIRST);
  expect(calls).toHaveLength(2);
});

test('max-age shortens the time that a page is fresh, and never lengthens it', async () => {
  for (const [maxAgeMs, freshMs] of [
    [1_000, 1_000],
    [3_600_000, TTL_MS],
  ] as const) {
    const { read, clock } = setUp({ caching: { maxAgeMs } });
    await read();
    await clock.advance(freshMs - 1);
    expect((await read()).stale).toBe(false);
    await clock.advance(1);
    expect((await read()).stale).toBe(true);
  }
});

test('what must be revalidated is never served stale', async () => {
  const { read, clock, fail } = setUp({ caching: { mayServeStale: false } });
  await read();
  await clock.advance(TTL_MS);
  fail(DOWN);
  await expect(read()).rejects.toBe(DOWN);
});

function neverTheSecondTime() {
  let calls = 0;
  return (): Promise<FetchedPage> | undefined => {
    calls += 1;
    return calls === 1 ? undefined : new Promise(() => {});
  };
}
