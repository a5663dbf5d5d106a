import { gql, InMemoryCache } from '@apollo/client';
import { expect, test } from 'vitest';
import { worklistPolicy } from '../../examples/react-apollo/src/worklist-policy.ts';
import { WORKLIST } from './growing-list.ts';

/** A list of ids that a test may change, and what a cache with the field policy makes of pages of five of it. */
function setUp(...ids: readonly number[]) {
  const cache = new InMemoryCache({ typePolicies: { Query: { fields: { worklist: worklistPolicy } } } });
  const list = [...ids];
  let fetches = 0;
  const kept = () => cache.readQuery({ query: WORKLIST, variables: { offset: 0, limit: 5 } })?.worklist;
  const keptIds = () => (kept()?.records ?? []).map(({ id }) => Number(id));

  function fetch(offset: number, after?: number): void {
    const records = list.slice(offset, offset + 5);
    const typed = records.map((id) => ({ __typename: 'Record', id: String(id), title: null }));
    const hasNextPage = offset + 5 < list.length;
    fetches += 1;
    const worklist = {
      __typename: 'Worklist',
      records: typed,
      offset,
      total: list.length,
      hasNextPage,
      fetchedAt: `fetch ${fetches}`,
    };
    cache.writeQuery({
      query: WORKLIST,
      variables: { offset, limit: 5, ...(after !== undefined && { after: String(after) }) },
      data: { worklist },
    });
  }
  const fail = () =>
    cache.writeQuery({ query: WORKLIST, variables: { offset: 5, limit: 5 }, data: { worklist: null } });
  const fetchBehind = (id: number) => fetch(list.indexOf(id) + 1, id);
  /** The page behind the last record, as the gateway gives it. */
  const fetchMore = () => fetchBehind(keptIds().at(-1) ?? NaN);
  return { cache, list, fetch, fail, kept, keptIds, fetchBehind, fetchMore };
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

test('a record that is added at the head between two pages leaves none twice', () => {
  const { list, fetch, fetchMore, keptIds } = setUp(...numbers(1, 12));
  fetch(0);
  list.unshift(0);
  fetchMore();
  expect(keptIds()).toEqual(numbers(1, 10));
  fetchMore();
  expect(keptIds()).toEqual(numbers(1, 12));
  fetch(0);
  expect(keptIds()).toEqual(numbers(0, 12));
});

test('polling the first page of a list that grew at its head loses none of the later pages', () => {
  const { list, fetch, keptIds } = setUp(...numbers(1, 12));
  for (const offset of [0, 5, 10]) fetch(offset);
  list.unshift(-2, -1, 0);
  fetch(0);
  expect(keptIds()).toEqual(numbers(-2, 12));
});

test('a record that is gone, or new, within a page is so in the list', () => {
  const { list, fetch, keptIds } = setUp(...numbers(1, 12));
  for (const offset of [0, 5, 10]) fetch(offset);
  list.splice(1, 1);
  fetch(0);
  expect(keptIds()).toEqual([1, ...numbers(3, 12)]);
  list.splice(4, 0, 99);
  fetch(0);
  expect(keptIds()).toEqual([1, 3, 4, 5, 99, ...numbers(6, 12)]);
});

test('a first page that has nothing in common with the list begins it anew', () => {
  const { list, fetch, fetchMore, keptIds } = setUp(...numbers(11, 20));
  for (const offset of [0, 5]) fetch(offset);
  list.unshift(...numbers(1, 10));
  fetch(0);
  expect(keptIds()).toEqual(numbers(1, 5));
  for (let pages = 1; pages < 4; pages += 1) fetchMore();
  expect(keptIds()).toEqual(numbers(1, 20));
});

test('a list that became shorter ends where its last page ends', () => {
  const { list, fetch, keptIds } = setUp(...numbers(1, 12));
  for (const offset of [0, 5, 10]) fetch(offset);
  list.length = 3;
  fetch(0);
  expect(keptIds()).toEqual([1, 2, 3]);
});

test('whether more follows says the page that the list ends with', () => {
  const { list, fetch, fetchMore, kept } = setUp(...numbers(1, 10));
  fetch(0);
  expect(kept()?.hasNextPage).toBe(true);
  fetchMore();
  fetch(0);
  expect(kept()?.hasNextPage).toBe(false);
  list.push(11);
  fetchMore();
  expect(kept()).toMatchObject({ hasNextPage: false, offset: 0 });
});

test('the list says where the next page begins, also once records were added before it', () => {
  const { list, fetch, fetchMore, kept, keptIds } = setUp(...numbers(1, 20));
  fetch(0);
  list.unshift(-1, 0);
  fetchMore();
  expect(keptIds()).toEqual(numbers(1, 10));
  expect(kept()?.offset).toBe(2);
  fetch(0);
  expect(keptIds()).toEqual(numbers(-1, 10));
  expect(kept()?.offset).toBe(0);
});

test('of two pages it makes no difference which comes first', () => {
  const { fetch, keptIds, kept } = setUp(...numbers(1, 10));
  fetch(5);
  expect(kept()?.offset).toBe(5);
  fetch(0);
  expect(keptIds()).toEqual(numbers(1, 10));
  expect(kept()?.hasNextPage).toBe(false);
});

test('a page behind a record that has left the list meanwhile changes nothing; one behind an earlier record ends with it', () => {
  const { list, fetch, fetchBehind, fetchMore, keptIds } = setUp(...numbers(1, 20));
  fetch(0);
  fetchMore();
  fetchBehind(15);
  expect(keptIds()).toEqual(numbers(1, 10));
  list.splice(9, 1);
  fetchBehind(8);
  expect(keptIds()).toEqual([...numbers(1, 9), ...numbers(11, 14)]);
});

test('a page that failed is null only where there is no list yet', () => {
  const { fetch, fail, kept, keptIds } = setUp(...numbers(1, 10));
  fail();
  expect(kept()).toBeNull();
  fetch(0);
  fail();
  expect(keptIds()).toEqual(numbers(1, 5));
});

test('the list is as old as its first page, whatever was read behind that', () => {
  const { fetch, fetchMore, kept } = setUp(...numbers(1, 12));
  fetch(0);
  fetchMore();
  expect(kept()?.fetchedAt).toBe('fetch 1');
  fetch(0);
  expect(kept()?.fetchedAt).toBe('fetch 3');
});

test('queries that ask for less of the list go beside those of pages, whichever comes first', () => {
  const total = gql('{ worklist { total } }');
  const tell = (cache: InMemoryCache, count: number) =>
    cache.writeQuery({ query: total, data: { worklist: { __typename: 'Worklist', total: count } } });
  const { cache, fetch, fetchMore, kept, keptIds } = setUp(...numbers(1, 12));
  tell(cache, 11);
  fetch(0);
  tell(cache, 12);
  fetchMore();
  expect(keptIds()).toEqual(numbers(1, 10));
  expect(kept()).toMatchObject({ total: 12, offset: 0, hasNextPage: true });
});
