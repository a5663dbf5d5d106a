import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeWindows, type PageWindow } from '../../src/datasources/page-window.ts';
import type { WorklistPage } from '../../src/datasources/worklist-page.ts';
import { createWorklistLoader } from '../../src/datasources/worklist-loader.ts';
import { createListedUpstream } from '../support/listed-upstream.ts';

const MAX_PAGE_SIZE = 10;

const upstream = fc.record({
  length: fc.nat(40),
  cap: fc.integer({ min: 1, max: 15 }),
  saysTotal: fc.boolean(),
});
type Upstream = typeof upstream extends fc.Arbitrary<infer Value> ? Value : never;

const window = fc.record({ offset: fc.nat(45), limit: fc.integer({ min: 1, max: MAX_PAGE_SIZE }) });

function create({ length, cap, saysTotal }: Upstream) {
  return createListedUpstream({
    length,
    cap,
    maxPageSize: MAX_PAGE_SIZE,
    ...(saysTotal && { total: () => length }),
  });
}

/** The fewest calls with which anybody could learn what the list holds of `window`. */
function fewestCalls({ length, cap, saysTotal }: Upstream, { offset, limit }: PageWindow): number {
  const present = Math.max(0, Math.min(limit, length - offset));
  if (present === 0) return 1;
  const seesEnd = present === limit || saysTotal;
  return Math.ceil(present / Math.min(cap, MAX_PAGE_SIZE)) + (seesEnd ? 0 : 1);
}

function idsOf(page: WorklistPage): string[] {
  return page.records.map(({ id }) => id);
}

test('a page is the slice of the list, whatever the cap, with and without a total, in the fewest calls', async () => {
  await fc.assert(
    fc.asyncProperty(upstream, window, async (given, asked) => {
      const { pages, calls, slice } = create(given);
      const page = await pages.read(asked);

      expect(idsOf(page)).toEqual(slice(asked));
      expect(page.total).toBe(given.saysTotal ? given.length : null);
      expect(calls).toHaveLength(fewestCalls(given, asked));
      expect(Math.max(...calls.map(({ limit }) => limit))).toBeLessThanOrEqual(MAX_PAGE_SIZE);
    }),
  );
});

test('a page says that more follows, unless it is known to be the last', async () => {
  await fc.assert(
    fc.asyncProperty(upstream, window, async (given, asked) => {
      const { hasNextPage } = await create(given).pages.read(asked);
      const end = asked.offset + asked.limit;
      // Without a total, a full page at the very end does not show that it is the last.
      expect(hasNextPage).toBe(end < given.length || (end === given.length && !given.saysTotal));
    }),
  );
});

test('pages asked for in one tick are their slices, and together take the fewest calls', async () => {
  await fc.assert(
    fc.asyncProperty(upstream, fc.array(window, { minLength: 1, maxLength: 6 }), async (given, asked) => {
      const { reader, calls, slice } = create(given);
      const loader = createWorklistLoader(reader);
      const loaded = await Promise.all(asked.map((single) => loader.load(single)));

      expect(loaded.map(idsOf)).toEqual(asked.map(slice));
      const fewest = mergeWindows(asked, MAX_PAGE_SIZE).map((merged) => fewestCalls(given, merged));
      expect(calls).toHaveLength(fewest.reduce((sum, count) => sum + count, 0));
    }),
  );
});

test('pages asked for one after the other are their slices, and what a fresh window holds takes no call', async () => {
  await fc.assert(
    fc.asyncProperty(upstream, fc.array(window, { minLength: 1, maxLength: 8 }), async (given, asked) => {
      const { pages, calls, slice } = create(given);
      const seen: PageWindow[] = [];
      let endIsKnown = false;
      for (const single of asked) {
        const callsBefore = calls.length;
        expect(idsOf(await pages.read(single))).toEqual(slice(single));

        const end = single.offset + single.limit;
        const isHeld = seen.some(
          ({ offset, limit }) =>
            offset <= single.offset &&
            (end <= offset + limit || (endIsKnown && offset + limit >= given.length)),
        );
        const isBeyond = endIsKnown && single.offset >= given.length;
        expect(isHeld || isBeyond ? calls.length : callsBefore).toBe(callsBefore);
        seen.push(single);
        endIsKnown ||= given.saysTotal || (single.offset < given.length && end > given.length);
      }
    }),
  );
});

test('a total that claims too much, too little or something else each time loses no record', async () => {
  const lies = fc.constantFrom(
    ({ length }: Upstream) =>
      () =>
        length + 7,
    () =>
      ({ position }: { position: number }) =>
        position - 1,
    () =>
      ({ position }: { position: number }) =>
        position + 1,
  );
  await fc.assert(
    fc.asyncProperty(upstream, window, lies, async (given, asked, lie) => {
      const { pages, slice } = createListedUpstream({
        length: given.length,
        cap: given.cap,
        maxPageSize: MAX_PAGE_SIZE,
        total: lie(given),
      });
      expect(idsOf(await pages.read(asked))).toEqual(slice(asked));
    }),
  );
});
