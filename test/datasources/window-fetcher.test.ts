import { expect, test } from 'vitest';
import { createListedUpstream, pageOf } from '../support/listed-upstream.ts';

test('a cap that was seen twice is remembered: nothing larger is asked for', async () => {
  const { pages, calls, events } = createListedUpstream({ length: 100, cap: 20 });
  await pages.read({ offset: 0, limit: 50 });
  expect(calls.map(({ limit }) => limit)).toEqual([50, 50, 10]);
  expect(events).toEqual([{ type: 'upstream.page_capped', pageLength: 20 }]);

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

test('one short page is not taken for a cap: the next page is asked for whole again', async () => {
  let reads = 0;
  const upstream = createListedUpstream({
    length: 300,
    intercept: async ({ asked }) => {
      reads += 1;
      return reads === 1 ? pageOf(upstream.slice({ ...asked, limit: 17 })) : pageOf(upstream.slice(asked));
    },
  });
  const { pages, calls, slice, events } = upstream;
  const idsAt = async (offset: number) =>
    (await pages.read({ offset, limit: 100 })).records.map(({ id }) => id);
  expect(await idsAt(0)).toEqual(slice({ offset: 0, limit: 100 }));
  expect(calls).toHaveLength(2);
  expect(await idsAt(100)).toEqual(slice({ offset: 100, limit: 100 }));
  expect(calls.slice(2)).toEqual([{ offset: 100, limit: 100 }]);
  expect(events).toEqual([]);
});

test('a cap is forgotten after a while, when longer pages come again', async () => {
  let cap = 10;
  const upstream = createListedUpstream({
    length: 300,
    intercept: async ({ asked }) => pageOf(upstream.slice({ ...asked, limit: Math.min(asked.limit, cap) })),
  });
  const { pages, calls, clock } = upstream;
  await pages.read({ offset: 0, limit: 100 });
  expect(calls).toHaveLength(10);
  cap = 100;
  await clock.advance(60_000);
  calls.length = 0;
  await pages.read({ offset: 100, limit: 100 });
  expect(calls).toEqual([{ offset: 100, limit: 100 }]);
});

test('a page is served while its list grows faster than the page can be read', async () => {
  const upstream = createListedUpstream({
    length: 60,
    intercept: async ({ asked }) => {
      const page = pageOf(upstream.slice({ ...asked, limit: 10 }));
      upstream.ids.unshift(`new-${upstream.ids.length}`);
      return page;
    },
  });
  const page = await upstream.pages.read({ offset: 0, limit: 50 });
  const ids = page.records.map(({ id }) => id);
  expect(ids).toHaveLength(50);
  expect(new Set(ids).size).toBe(50);
  // What followed each other in the list does so here.
  const start = upstream.ids.indexOf(ids[0] ?? '');
  expect(upstream.ids.slice(start, start + 50)).toEqual(ids);
});

test.each([null, 50])(
  'an upstream that ignores offset and limit is an error, not a list of doubles (total: %j)',
  async (total) => {
    const ids = Array.from({ length: 50 }, (_, index) => String(index));
    const { pages } = createListedUpstream({ length: 0, intercept: async () => pageOf(ids, total) });
    expect((await pages.read({ offset: 0, limit: 20 })).records).toHaveLength(20);
    await expect(pages.read({ offset: 20, limit: 20 })).rejects.toMatchObject({
      code: 'UPSTREAM_BAD_RESPONSE',
    });
  },
);

test('a list that was pushed on by exactly a page is no upstream that ignores the offset', async () => {
  const { pages, ids, clock } = createListedUpstream({ length: 50 });
  await pages.read({ offset: 0, limit: 20 });
  ids.unshift(...Array.from({ length: 20 }, (_, index) => `new-${index}`));
  await clock.advance(5_000);
  expect((await pages.read({ offset: 20, limit: 20 })).records[0]?.id).toBe('0');
});

/** Counts every row, and leaves out those that `isHidden`. */
function filteringUpstream(length: number, isHidden: (row: number) => boolean, saysTotal: boolean) {
  const rows = Array.from({ length }, (_, row) => row);
  const visible = rows.filter((row) => !isHidden(row)).map(String);
  const upstream = createListedUpstream({
    length: 0,
    intercept: async ({ asked: { offset, limit } }) => {
      const page = rows.slice(offset, offset + limit).filter((row) => !isHidden(row));
      return pageOf(page.map(String), saysTotal ? length : null);
    },
  });
  return { ...upstream, visible };
}

test.each([true, false])(
  'rows that the upstream leaves out of its pages fail none, and a walk meets every other once (total: %j)',
  async (saysTotal) => {
    const { pages, visible, calls } = filteringUpstream(137, (row) => row % 7 === 3, saysTotal);
    const seen: string[] = [];
    for (let offset = 0, hasNextPage = true; hasNextPage; offset += 20) {
      const page = await pages.read({ offset, limit: 20 });
      seen.push(...page.records.map(({ id }) => id));
      ({ hasNextPage } = page);
    }
    expect(seen).toEqual(visible);
    // Four calls for the first page, to be sure; then one each.
    expect(calls.length).toBeLessThanOrEqual(4 + 7);
  },
);

test('a page with rows left out is served as a whole only, and no other page is cut from it', async () => {
  const { pages } = filteringUpstream(137, (row) => row % 7 === 3, true);
  await pages.read({ offset: 0, limit: 20 });
  const inside = await pages.read({ offset: 10, limit: 5 });
  expect(inside.records.map(({ id }) => id)).toEqual(['11', '12', '13', '14']);
});

test('a record that stands twice in a capped list costs none of the others', async () => {
  const upstream = createListedUpstream({ length: 100, cap: 10 });
  upstream.ids[25] = '3';
  const page = await upstream.pages.read({ offset: 0, limit: 50 });
  const ids = page.records.map(({ id }) => id);
  expect(ids).toHaveLength(50);
  expect(new Set(ids).size).toBe(50);
});

test('a page takes no more calls than one operation may cause, and says that it was asked for too much', async () => {
  const { pages, calls } = createListedUpstream({ length: 100, cap: 1 });
  await expect(pages.read({ offset: 0, limit: 100 })).rejects.toMatchObject({ code: 'QUERY_TOO_COMPLEX' });
  expect(calls).toHaveLength(40);
  expect((await pages.read({ offset: 0, limit: 20 })).records).toHaveLength(20);
});

test('one deadline counts for all calls of a page', async () => {
  const deadlines = new Set<number>();
  const upstream = createListedUpstream({
    length: 100,
    timeoutMs: 1_500,
    intercept: ({ asked, deadlineAtMs }) => {
      deadlines.add(deadlineAtMs);
      const { clock, slice } = upstream;
      return new Promise((resolve) => {
        clock.after(600, () => resolve(pageOf(slice({ ...asked, limit: 10 }))));
      });
    },
  });
  const startedAtMs = upstream.clock.monotonicMs();
  const read = upstream.pages.read({ offset: 0, limit: 100 });
  let endedAtMs = Infinity;
  const outcome = read.then(
    () => 'served',
    (error: unknown) => {
      endedAtMs = upstream.clock.monotonicMs();
      return error;
    },
  );
  await upstream.clock.advance(5_000);
  expect(await outcome).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  expect(endedAtMs - startedAtMs).toBe(1_500);
  expect([...deadlines]).toEqual([startedAtMs + 1_500]);
  // None is sent once nobody waits for it.
  expect(upstream.calls).toHaveLength(3);
});
