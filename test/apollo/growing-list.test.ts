import { InMemoryCache } from '@apollo/client';
import { expect, test } from 'vitest';
import { readGrowingList, WORKLIST } from './growing-list.ts';

/** A list of ids that a test may change, and what a cache with the field policy makes of pages of five of it. */
async function setUp(...ids: readonly number[]) {
  const cache = new InMemoryCache({
    typePolicies: { Query: { fields: { worklist: await readGrowingList() } } },
  });
  const list = [...ids];
  const kept = () => cache.readQuery({ query: WORKLIST, variables: { offset: 0, limit: 5 } })?.worklist;
  const keptIds = () => (kept()?.records ?? []).map(({ id }) => Number(id));

  function fetch(offset: number, saysTotal = true): void {
    const records = list.slice(offset, offset + 5);
    const typed = records.map((id) => ({ __typename: 'Record', id: String(id), title: null }));
    const hasNextPage = offset + 5 < list.length;
    const worklist = {
      __typename: 'Worklist',
      records: typed,
      total: saysTotal ? list.length : null,
      hasNextPage,
    };
    cache.writeQuery({ query: WORKLIST, variables: { offset, limit: 5 }, data: { worklist } });
  }
  const fail = () =>
    cache.writeQuery({ query: WORKLIST, variables: { offset: 5, limit: 5 }, data: { worklist: null } });
  return { list, fetch, fail, kept, keptIds, fetchMore: () => fetch(keptIds().length) };
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

test('a record that is added at the head between two pages leaves none twice', async () => {
  const { list, fetch, fetchMore, keptIds } = await setUp(...numbers(1, 12));
  fetch(0);
  list.unshift(0);
  fetchMore();
  expect(keptIds()).toEqual(numbers(1, 9));
  fetchMore();
  expect(keptIds()).toEqual(numbers(1, 12));
  fetch(0);
  expect(keptIds()).toEqual(numbers(0, 12));
});

test('polling the first page of a list that grew at its head loses none of the later pages', async () => {
  const { list, fetch, keptIds } = await setUp(...numbers(1, 12));
  for (const offset of [0, 5, 10]) fetch(offset);
  list.unshift(-2, -1, 0);
  fetch(0);
  expect(keptIds()).toEqual(numbers(-2, 12));
});

test('a record that is gone, or new, within a page is so in the list', async () => {
  const { list, fetch, keptIds } = await setUp(...numbers(1, 12));
  for (const offset of [0, 5, 10]) fetch(offset);
  list.splice(1, 1);
  fetch(0);
  expect(keptIds()).toEqual([1, ...numbers(3, 12)]);
  list.splice(4, 0, 99);
  fetch(0);
  expect(keptIds()).toEqual([1, 3, 4, 5, 99, ...numbers(6, 12)]);
});

test('a first page that has nothing in common with the list begins it anew', async () => {
  const { list, fetch, fetchMore, keptIds } = await setUp(...numbers(11, 20));
  for (const offset of [0, 5]) fetch(offset);
  list.unshift(...numbers(1, 10));
  fetch(0);
  expect(keptIds()).toEqual(numbers(1, 5));
  for (let pages = 1; pages < 4; pages += 1) fetchMore();
  expect(keptIds()).toEqual(numbers(1, 20));
});

test('a list that became shorter ends where its last page ends', async () => {
  const { list, fetch, keptIds } = await setUp(...numbers(1, 12));
  for (const offset of [0, 5, 10]) fetch(offset);
  list.length = 3;
  fetch(0);
  expect(keptIds()).toEqual([1, 2, 3]);
});

test('there is no next page once the list is whole; without a total, the latest page says it', async () => {
  const { fetch, kept } = await setUp(...numbers(1, 10));
  fetch(0);
  expect(kept()?.hasNextPage).toBe(true);
  fetch(5);
  fetch(0);
  expect(kept()?.hasNextPage).toBe(false);
  fetch(0, false);
  expect(kept()?.hasNextPage).toBe(true);
});

test('a page that failed is null only where there is no list yet', async () => {
  const { fetch, fail, kept, keptIds } = await setUp(...numbers(1, 10));
  fail();
  expect(kept()).toBeNull();
  fetch(0);
  fail();
  expect(keptIds()).toEqual(numbers(1, 5));
});
