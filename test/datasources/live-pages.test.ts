import { expect, onTestFinished, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createLivePages, type PageOutcome } from '../../src/datasources/live-pages.ts';
import { createListedUpstream, pageOf, type ListedUpstreamOptions } from '../support/listed-upstream.ts';
import { settle } from '../support/manual-clock.ts';

const WINDOW = { offset: 0, limit: 3 };
const POLL_MS = 2_000;

function setUp(options: Partial<ListedUpstreamOptions> = {}) {
  const upstream = createListedUpstream({ length: 10, ttlMs: 5_000, ...options });
  const live = createLivePages({ pages: upstream.reader, clock: upstream.clock, pollMs: POLL_MS });

  /** Watches, and gathers what it is told: identifiers and staleness of pages, codes of errors. */
  function watch(window = WINDOW) {
    const told: unknown[] = [];
    const outcomes = live.watch(window);
    async function gather() {
      for await (const outcome of outcomes) told.push(summaryOf(outcome));
    }
    const gathering = gather();
    onTestFinished(() => outcomes.return?.().then(() => gathering));
    return { told, stop: () => outcomes.return?.() };
  }
  return { ...upstream, live, watch };
}

function summaryOf(outcome: PageOutcome): unknown {
  if ('error' in outcome) return outcome.error instanceof GatewayError ? outcome.error.code : outcome.error;
  const ids = outcome.page.records.map(({ id }) => id);
  return outcome.page.stale ? ['stale', ...ids] : ids;
}

test('whoever watches is told how the page is, and again when that changes', async () => {
  const { watch, ids, clock } = setUp();
  const { told } = watch();
  await settle();
  expect(told).toEqual([['0', '1', '2']]);
  await clock.advance(60_000);
  expect(told).toHaveLength(1);
  ids.unshift('new');
  await clock.advance(8 * POLL_MS);
  expect(told).toEqual([
    ['0', '1', '2'],
    ['new', '0', '1'],
  ]);
});

test('all who watch a page share one poll, which ends with the last of them', async () => {
  const { watch, clock, calls } = setUp();
  const watchers = Array.from({ length: 100 }, () => watch());
  await clock.advance(3 * POLL_MS);
  const alone = setUp();
  alone.watch();
  await alone.clock.advance(3 * POLL_MS);
  expect(calls).toEqual(alone.calls);
  for (const { told } of watchers) expect(told).toEqual([['0', '1', '2']]);

  const count = calls.length;
  for (const { stop } of watchers) await stop();
  await clock.advance(3_600_000);
  expect(calls).toHaveLength(count);
});

test('one who joins later is told at once how the page is, without a call', async () => {
  const { watch, calls } = setUp();
  watch();
  await settle();
  const { told } = watch();
  await settle();
  expect(told).toEqual([['0', '1', '2']]);
  expect(calls).toHaveLength(1);
});

test('one who joins a page that was not read for a while is told how it is by now', async () => {
  const { watch, live, ids, clock, pages } = setUp();
  const first = watch();
  await clock.advance(600_000);
  ids.unshift('new');
  await pages.read({ ...WINDOW, demands: { maxAgeMs: 0 } });
  const { told } = watch();
  await settle();
  expect(told).toEqual([['new', '0', '1']]);
  expect(first.told.at(-1)).toEqual(['new', '0', '1']);
  // Those who share what others are told have it looked at in the same way.
  await clock.advance(600_000);
  ids.unshift('newer');
  live.lookAgain();
  await settle();
  expect(told.at(-1)).toEqual(['newer', 'new', '0']);
});

test('a page that breaks the gateway is an error to all, and does not end the watch', async () => {
  let deep: unknown = 0;
  for (let depth = 0; depth < 200_000; depth += 1) deep = { deep };
  let isBroken = true;
  const { watch, clock } = setUp({
    ttlMs: 0,
    intercept: () =>
      isBroken
        ? Promise.resolve({
            ...pageOf(['0'], 1),
            records: pageOf(['0']).records.map((record) => ({ ...record, fields: { deep } })),
          })
        : undefined,
  });
  const { told } = watch({ offset: 0, limit: 1 });
  await settle();
  expect(told).toEqual([expect.any(RangeError)]);
  isBroken = false;
  await clock.advance(16_000);
  expect(told.at(-1)).toEqual(['0']);
});

test('who comes after the last has left begins anew', async () => {
  const { watch, ids, clock, calls } = setUp({ ttlMs: 0 });
  const first = watch();
  await settle();
  await first.stop();
  ids.unshift('new');
  const { told } = watch();
  await settle();
  expect(told).toEqual([['new', '0', '1']]);
  ids.unshift('newer');
  await clock.advance(16_000);
  expect(told.at(-1)).toEqual(['newer', 'new', '0']);
  expect(calls.length).toBeGreaterThan(2);
});

test('nothing is read before somebody waits', async () => {
  const { live, clock, calls } = setUp();
  live.watch(WINDOW);
  await clock.advance(60_000);
  expect(calls).toEqual([]);
});

test('a page that others have just asked for is not read again', async () => {
  const { watch, pages, clock, calls } = setUp();
  watch();
  await clock.advance(2_900);
  const before = calls.length;
  await pages.read({ ...WINDOW, demands: { maxAgeMs: 0 } });
  await clock.advance(200);
  expect(calls.length).toBeLessThanOrEqual(before + 1);
});

test('the pauses grow up to eight times the first while nothing changes, and are short again once something does', async () => {
  const { watch, clock, calls, ids } = setUp({ ttlMs: 0 });
  watch();
  await clock.advance(600_000);
  const slow = calls.length;
  await clock.advance(160_000);
  expect(calls.length - slow).toBe(10);
  ids.unshift('new');
  const changed = calls.length;
  await clock.advance(26_000);
  expect(calls.length).toBeGreaterThanOrEqual(changed + 4);
});

test('while a record is in motion the pauses stay short, though nothing changes for a minute', async () => {
  const { watch, clock, calls } = setUp({
    ttlMs: 0,
    intercept: () =>
      Promise.resolve({
        ...pageOf(['0'], 1),
        records: pageOf(['0']).records.map((record) => ({ ...record, progress: 40 })),
      }),
  });
  watch({ offset: 0, limit: 1 });
  await clock.advance(60_000);
  expect(calls).toHaveLength(31);
  // It has failed on its way, as it seems.
  await clock.advance(600_000);
  const slow = calls.length;
  await clock.advance(160_000);
  expect(calls.length - slow).toBe(10);
});

test('while GoSpeech fails the page is stale or an error, each told once, less and less is asked, and it comes back', async () => {
  let isDown = false;
  const outage = new GatewayError('UPSTREAM_UNAVAILABLE', 'GoSpeech could not be reached.');
  const { watch, clock, calls } = setUp({
    staleIfErrorMs: 60_000,
    intercept: () => (isDown ? Promise.reject(outage) : undefined),
  });
  const { told } = watch();
  await settle();
  isDown = true;
  await clock.advance(600_000);
  expect(told).toEqual([['0', '1', '2'], ['stale', '0', '1', '2'], 'UPSTREAM_UNAVAILABLE']);
  const before = calls.length;
  await clock.advance(160_000);
  expect(calls.length - before).toBe(10);
  isDown = false;
  await clock.advance(16_000);
  expect(told.at(-1)).toEqual(['0', '1', '2']);
});

test('whoever takes long to ask misses what was in between, not the last', async () => {
  const { live, clock, ids } = setUp({ ttlMs: 0 });
  const outcomes = live.watch(WINDOW);
  const next = async () => summaryOf((await outcomes.next()).value as PageOutcome);
  expect(await next()).toEqual(['0', '1', '2']);
  for (const id of ['a', 'b', 'c']) {
    ids.unshift(id);
    await clock.advance(16_000);
  }
  expect(await next()).toEqual(['c', 'b', 'a']);
  await outcomes.return?.();
  expect((await outcomes.next()).done).toBe(true);
});

test('whoever leaves while waiting is let go', async () => {
  const { live } = setUp();
  const outcomes = live.watch(WINDOW);
  await outcomes.next();
  const waiting = outcomes.next();
  await outcomes.return?.();
  expect((await waiting).done).toBe(true);
});
