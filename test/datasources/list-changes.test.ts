import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { FetchedPage } from '../../src/datasources/fetch-page.ts';
import {
  createListedUpstream,
  NO_WORD,
  recordOf,
  type ListedUpstreamOptions,
} from '../support/listed-upstream.ts';
import { settle } from '../support/manual-clock.ts';

const LIFETIMES = { ttlMs: 5_000, staleMs: 60_000, staleIfErrorMs: 3_600_000 };
const DOWN = new GatewayError('UPSTREAM_UNAVAILABLE', 'GoSpeech could not be reached.');

/** A list of 137 records, with the default lifetimes. */
function setUp(options: Partial<ListedUpstreamOptions> = {}) {
  let failure: Error | undefined;
  const upstream = createListedUpstream({
    length: 137,
    ...LIFETIMES,
    intercept: () => (failure === undefined ? undefined : Promise.reject(failure)),
    ...options,
  });
  const idsAt = async (offset: number, limit = 20) =>
    (await upstream.pages.read({ offset, limit })).records.map(({ id }) => id);

  /** From the first page on, while `hasNextPage` says so. */
  async function walk(limit = 20): Promise<readonly string[]> {
    const seen: string[] = [];
    for (let offset = 0; ; offset += limit) {
      const page = await upstream.pages.read({ offset, limit });
      seen.push(...page.records.map(({ id }) => id));
      await settle();
      if (!page.hasNextPage) return seen;
    }
  }
  const saysTotal = () => upstream.ids.length;
  return { ...upstream, idsAt, walk, saysTotal, fail: (error: Error | undefined) => (failure = error) };
}

test.each([true, false])(
  'a walk over a list that is still loses and doubles nothing, whenever its pages were kept (total: %j)',
  async (saysTotal) => {
    const { ids, clock, idsAt, walk } = setUpWithTotal(saysTotal);
    for (const offset of [0, 20, 40]) await idsAt(offset);
    ids.unshift('new-1', 'new-2', 'new-3');
    await clock.advance(20_000);
    // Somebody else has polled the first page.
    await idsAt(0);
    await settle();
    expect(await walk()).toEqual(ids);
  },
);

/* Where as many records go as come, and no page that is kept shows any of it, nothing that is read can tell. */
test('a walk is complete and without doubles after any reads of a list that grew, or shrank', async () => {
  const read = fc.record({ read: fc.integer({ min: 0, max: 6 }) });
  const wait = fc.record({ waitMs: fc.integer({ min: 0, max: 30_000 }) });
  const grow = fc.record({ add: fc.integer({ min: 1, max: 25 }) });
  const shrink = fc.record({ remove: fc.integer({ min: 0, max: 100 }) });
  const steps = fc.oneof(
    fc.array(fc.oneof(read, wait, grow), { maxLength: 12 }),
    fc.array(fc.oneof(read, wait, shrink), { maxLength: 12 }),
  );
  await fc.assert(
    fc.asyncProperty(steps, async (given) => {
      const { ids, clock, idsAt, walk } = setUpWithTotal(true);
      for (const step of given) {
        if ('read' in step) await idsAt(step.read * 20);
        if ('waitMs' in step) await clock.advance(step.waitMs);
        if ('add' in step) ids.unshift(...Array.from({ length: step.add }, (_, i) => `${ids.length + i}`));
        if ('remove' in step) ids.splice(step.remove, 1);
      }
      // The list is still from here on, and its first page is read anew.
      await clock.advance(5_000);
      await idsAt(0);
      await settle();
      expect(await walk()).toEqual(ids);
    }),
  );
});

function setUpWithTotal(saysTotal: boolean) {
  const list: { ids?: readonly string[] } = {};
  const upstream = setUp({ ...(saysTotal && { total: () => list.ids?.length ?? 137 }) });
  list.ids = upstream.ids;
  return upstream;
}

test('what a newer reading contradicts is fetched again before it is served, though it is fresh', async () => {
  const { ids, idsAt, calls, clock } = setUpWithTotal(true);
  await idsAt(20);
  ids.unshift('new');
  await clock.advance(1_000);
  await idsAt(40);
  expect(await idsAt(20)).toEqual(ids.slice(20, 40));
  expect(calls.map(({ offset }) => offset)).toEqual([20, 40, 20]);
});

test('a contradicted page is served, marked stale, where the upstream fails', async () => {
  const { pages, ids, idsAt, fail } = setUpWithTotal(true);
  const before = await idsAt(20);
  ids.unshift('new');
  await idsAt(40);
  fail(DOWN);
  const page = await pages.read({ offset: 20, limit: 20 });
  expect([page.stale, page.freshForMs()]).toEqual([true, 0]);
  expect(page.records.map(({ id }) => id)).toEqual(before);
});

test('a record seen at another place contradicts older pages, without any total', async () => {
  const { ids, idsAt } = setUp();
  await idsAt(0);
  await idsAt(20);
  ids.shift();
  // The record that was the first of the second page.
  expect((await idsAt(19, 5))[0]).toBe('20');
  expect(await idsAt(20)).toEqual(ids.slice(20, 40));
  expect(await idsAt(0)).toEqual(ids.slice(0, 20));
});

test('other records in a place contradict older pages, though none of them is known', async () => {
  const { ids, idsAt } = setUp();
  await idsAt(0);
  await idsAt(20);
  ids.unshift(...Array.from({ length: 40 }, (_, index) => `new-${index}`));
  await idsAt(0, 21);
  expect(await idsAt(20)).toEqual(ids.slice(20, 40));
});

test('a list that was seen to end elsewhere contradicts the page that was the last', async () => {
  const { ids, idsAt, pages, clock } = setUp({ length: 60 });
  await idsAt(45);
  expect((await pages.read({ offset: 40, limit: 20 })).hasNextPage).toBe(false);
  await idsAt(60);
  expect((await pages.read({ offset: 40, limit: 20 })).hasNextPage).toBe(false);
  await clock.advance(5_000);
  ids.push('60', '61');
  await idsAt(60);
  await settle();
  expect(await idsAt(60)).toEqual(['60', '61']);
  expect((await pages.read({ offset: 40, limit: 20 })).hasNextPage).toBe(true);
});

test('a page behind whose begin the list has ended contradicts older ones that had records there', async () => {
  const { ids, idsAt, pages } = setUp({ length: 100 });
  expect(await idsAt(40)).toEqual(ids.slice(40, 60));
  ids.length = 45;
  expect((await pages.read({ offset: 50, limit: 15 })).records).toEqual([]);
  expect(await idsAt(40)).toEqual(ids.slice(40, 45));
});

test('pages of one operation agree: one that another contradicts is read again', async () => {
  const { ids, readAll, idsAt, calls } = setUpWithTotal(true);
  await idsAt(0);
  ids.unshift('new');
  const pages = await Promise.all(
    readAll([
      { offset: 0, limit: 20 },
      { offset: 40, limit: 20 },
    ]),
  );
  expect(pages.map(({ total, stale }) => ({ total, stale }))).toEqual([
    { total: 138, stale: false },
    { total: 138, stale: false },
  ]);
  expect(pages[0]?.records.map(({ id }) => id)).toEqual(ids.slice(0, 20));
  expect(calls).toHaveLength(3);
});

test('pages that another one contradicts are fetched again together', async () => {
  const { ids, readAll, idsAt, calls, clock } = setUpWithTotal(true);
  const windows = [0, 20, 40, 60].map((offset) => ({ offset, limit: 20 }));
  await Promise.all(readAll(windows));
  await clock.advance(1_000);
  ids.unshift('new');
  await idsAt(100);
  calls.length = 0;
  const pages = await Promise.all(readAll([...windows, { offset: 80, limit: 20 }]));
  expect(pages.flatMap(({ records }) => records.map(({ id }) => id))).toEqual(ids.slice(0, 100));
  expect(calls).toEqual([{ offset: 0, limit: 100 }]);
});

test('an upstream whose replicas say another total in turn is asked for a page a few times a second', async () => {
  let flips = 0;
  const { idsAt, calls, clock } = setUp({ total: () => 137 + ((flips += 1) % 2) });
  for (let round = 0; round < 40; round += 1) {
    for (const offset of [0, 40, 80]) await idsAt(offset);
    await clock.advance(50);
  }
  // Two seconds, three pages.
  expect(calls.length).toBeLessThanOrEqual(2 * 3 * 4);
});

test('an upstream whose totals differ from page to page is asked for each page once in a while, not each time', async () => {
  const { idsAt, calls, clock } = setUp({ total: ({ position }) => position + 7 });
  for (let round = 0; round < 20; round += 1) {
    await idsAt(0);
    await idsAt(40);
    await clock.advance(100);
  }
  // Two seconds: the first time each, once more when they contradicted each other, and then once a second.
  expect(calls.length).toBeLessThanOrEqual(8);
});

test('a record that stands twice in a list at rest contradicts nothing for long', async () => {
  const { ids, idsAt, calls, clock } = setUp();
  ids[45] = '3';
  for (let round = 0; round < 9; round += 1) {
    await idsAt(0);
    await idsAt(40);
    await clock.advance(100);
  }
  expect(calls.length).toBeLessThanOrEqual(4);
});

/** Lets the first call wait until it is told to end, with what the list was when it was asked for. */
function setUpWithSlowFirstCall() {
  let end: (() => void) | undefined;
  let calls = 0;
  const upstream = setUp({
    intercept({ asked }): Promise<FetchedPage> | undefined {
      calls += 1;
      if (calls > 1) return undefined;
      const records = upstream.slice(asked).map(recordOf);
      const total = upstream.ids.length;
      return new Promise((resolve) => {
        end = () => resolve({ records, total, caching: NO_WORD });
      });
    },
    total: () => upstream.ids.length,
  });
  return { ...upstream, endFirst: () => end?.() };
}

test('an older read that ends late is neither kept nor served in place of a newer one', async () => {
  const { ids, idsAt, calls, pages, endFirst } = setUpWithSlowFirstCall();
  const late = idsAt(0);
  await settle();
  ids.unshift('new');
  await idsAt(0, 40);
  endFirst();
  expect(await late).toEqual(ids.slice(0, 20));
  expect(await idsAt(0)).toEqual(ids.slice(0, 20));
  expect((await pages.read({ offset: 0, limit: 0 })).total).toBe(138);
  expect(calls).toHaveLength(2);
});

test('an older read that ends late does not move the end of the list back', async () => {
  const { ids, idsAt, endFirst, pages } = setUpWithSlowFirstCall();
  const late = idsAt(0);
  await settle();
  ids.push('137', '138');
  await idsAt(120);
  endFirst();
  await late;
  expect((await pages.read({ offset: 0, limit: 0 })).total).toBe(139);
  expect(await idsAt(137)).toEqual(['137', '138']);
});
