import { expect, test } from 'vitest';
import { createListedUpstream, pageOf } from '../support/listed-upstream.ts';

test('a cap that the upstream was seen to have is remembered: nothing larger is asked for again', async () => {
  const { pages, calls, events } = createListedUpstream({ length: 100, cap: 20 });
  await pages.read({ offset: 0, limit: 50 });
  expect(calls.map(({ limit }) => limit)).toEqual([50, 30, 10]);
  expect(events).toEqual([{ type: 'upstream.limit_capped', limit: 20 }]);

  calls.length = 0;
  await pages.read({ offset: 50, limit: 50 });
  expect(calls.map(({ limit }) => limit)).toEqual([20, 20, 10]);
});

test('a short page at the end of the list is not taken for a cap', async () => {
  const { pages, calls } = createListedUpstream({ length: 30, total: () => 30 });
  await pages.read({ offset: 20, limit: 20 });
  await pages.read({ offset: 0, limit: 20 });
  expect(calls.map(({ limit }) => limit)).toEqual([20, 20]);
});

test('a page longer than asked is cut', async () => {
  const { pages } = createListedUpstream({
    length: 0,
    intercept: async () => pageOf(['a', 'b', 'c'], 3),
  });
  const page = await pages.read({ offset: 0, limit: 2 });
  expect(page.records.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(page).toMatchObject({ total: 3, hasNextPage: true });
});

test('a total beyond where the list was seen to end counts as unknown', async () => {
  const { pages } = createListedUpstream({ length: 5, total: () => 40 });
  expect(await pages.read({ offset: 0, limit: 20 })).toMatchObject({ total: null, hasNextPage: false });
});

test('a list that grows at its head between two calls is read again, so that no record comes twice', async () => {
  let ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  let reads = 0;
  const { pages, events } = createListedUpstream({
    length: 0,
    intercept: async ({ asked: { offset } }) => {
      reads += 1;
      if (reads === 2) ids = ['new', ...ids];
      return pageOf(ids.slice(offset, offset + 3));
    },
  });
  const page = await pages.read({ offset: 0, limit: 6 });
  expect(page.records.map(({ id }) => id)).toEqual(['new', 'a', 'b', 'c', 'd', 'e']);
  expect(events.filter(({ type }) => type === 'worklist.moved')).toHaveLength(1);
});

test('an upstream that ignores the offset is an error, not a list of doubles', async () => {
  const { pages } = createListedUpstream({ length: 0, intercept: async () => pageOf(['a', 'b', 'c']) });
  await expect(pages.read({ offset: 0, limit: 6 })).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
});
