import { expect, test } from 'vitest';
import type { PageWindow } from '../../src/datasources/page-window.ts';
import { createWindowStore } from '../../src/datasources/window-store.ts';
import {
  createListedUpstream,
  NO_WORD,
  recordOf,
  type ListedUpstreamOptions,
} from '../support/listed-upstream.ts';
import { createManualClock } from '../support/manual-clock.ts';

/** A list that says its length, unless something else is said, and is read in pages of 20. */
function setUp(options: Partial<ListedUpstreamOptions> = {}) {
  const upstream = createListedUpstream({ length: 100, total: () => upstream.ids.length, ...options });
  const read = (offset: number, limit = 20) => upstream.pages.read({ offset, limit });
  return { ...upstream, read };
}

test('a page lasts until it is no longer fresh', async () => {
  const { clock, read } = setUp();
  const page = await read(0);
  expect(page.freshForMs()).toBe(5_000);
  await clock.advance(4_999);
  expect(page.freshForMs()).toBe(1);
  await clock.advance(1);
  expect(page.freshForMs()).toBe(0);
});

test('a page lasts no longer than until some of it is read again', async () => {
  const { clock, read } = setUp();
  const [page, beside] = [await read(0), await read(20)];
  await clock.advance(1_000);
  await read(10, 40);
  expect([page.freshForMs(), beside.freshForMs()]).toEqual([0, 0]);
});

test('a page lasts, whatever is read beside it', async () => {
  const { clock, read } = setUp();
  const page = await read(20);
  await clock.advance(1_000);
  await read(0);
  await read(40);
  expect(page.freshForMs()).toBe(4_000);
});

test('no page lasts longer than until the list is seen to have changed', async () => {
  const { clock, read, ids } = setUp();
  const page = await read(0);
  await clock.advance(2_000);
  ids.push('new');
  await read(80);
  expect(page.freshForMs()).toBe(0);
});

test('without a total, no page lasts longer than until the end of the list is seen', async () => {
  const { clock, read } = setUp({ length: 40, total: () => undefined });
  const page = await read(20);
  expect(page.hasNextPage).toBe(true);
  await clock.advance(1_000);
  await read(40);
  expect(page.freshForMs()).toBe(0);
  expect((await read(20)).hasNextPage).toBe(false);
});

test('a page that ends only by what another tells lasts no longer than that', async () => {
  const { clock, read } = setUp({ length: 40, total: () => undefined });
  await read(40);
  await clock.advance(3_000);
  const page = await read(20);
  expect(page).toMatchObject({ hasNextPage: false });
  expect(page.freshForMs()).toBe(2_000);
});

test('a page behind the end lasts until another window tells the end', async () => {
  const { clock, read } = setUp();
  const page = await read(300);
  await clock.advance(1_000);
  await read(0);
  expect(page.records).toEqual([]);
  expect(page.freshForMs()).toBe(0);
});

test('a page that was forgotten for want of memory lasts no longer', async () => {
  const { read } = setUp({ maxBytes: 20_000 });
  const page = await read(0);
  await read(20);
  await read(40);
  expect(page.freshForMs()).toBe(0);
});

test('what was never kept, and what is stale, lasts no time', async () => {
  expect((await setUp({ maxBytes: 100 }).read(0)).freshForMs()).toBe(0);
  expect((await setUp({ ttlMs: 0 }).read(0)).freshForMs()).toBe(0);
  const { clock, read } = setUp({ staleMs: 60_000 });
  await read(0);
  await clock.advance(5_000);
  const page = await read(0);
  expect([page.stale, page.freshForMs()]).toEqual([true, 0]);
});

test('a page that is asked how long it lasts, as a response made of it is, is not the one that goes first', async () => {
  const { read, calls } = setUp({ maxBytes: 20_000 });
  const page = await read(0);
  for (let offset = 20; offset < 100; offset += 20) {
    await read(offset);
    expect(page.freshForMs()).toBe(5_000);
  }
  const before = calls.length;
  await read(20);
  expect(calls.length).toBe(before + 1);
  await read(0);
  expect(calls.length).toBe(before + 1);
});

test('a page that ends by what another tells lasts no longer than until a late reading outdates that', async () => {
  const clock = createManualClock();
  const store = createWindowStore({
    clock,
    lifetimes: { ttlMs: 60_000, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 },
    maxBytes: 1e6,
    maxPageSize: 100,
  });
  const reading = (order: number, asked: PageWindow, ids: readonly string[], reachesEnd = false) => ({
    asked,
    order,
    reachesEnd,
    isDense: true,
    total: null,
    caching: NO_WORD,
    records: ids.map(recordOf),
    fetchedAt: new Date(clock.now()).toISOString(),
    askedAtMs: clock.monotonicMs(),
  });
  const first = reading(1, { offset: 0, limit: 1 }, ['b']);
  store.keep(reading(2, { offset: 3, limit: 3 }, ['d'], true));
  const window = { offset: 1, limit: 3 };
  store.keep(reading(3, window, ['b', 'c', 'd']));
  const found = store.find(window);
  if (found === undefined) throw new Error('It is kept.');
  expect(found.value.reachesEnd).toBe(true);
  const freshForMs = store.freshness(found.value, window);
  expect(freshForMs()).toBe(60_000);
  await clock.advance(1_500);
  // Asked for before the others, and answered after them.
  store.keep(first);
  expect(store.find(window)?.value.reachesEnd).toBe(false);
  expect(freshForMs()).toBe(0);
});
