import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { WorklistPage } from '../../src/datasources/worklist-page.ts';
import { createWorklistLoader } from '../../src/datasources/worklist-loader.ts';
import { createListedUpstream, pageOf, type ListedUpstreamOptions } from '../support/listed-upstream.ts';

function setUp(options: Partial<ListedUpstreamOptions> = {}) {
  const upstream = createListedUpstream({ length: 1_000, ...options });
  return {
    ...upstream,
    /** The page behind a record, as an operation of its own. */
    readBehind: (after: string, offset = 0, limit = 20) =>
      createWorklistLoader(upstream.reader).loadBehind({ after, offset, limit }),
  };
}

const numbers = (from: number, until: number) =>
  Array.from({ length: until - from }, (_, index) => String(from + index));

const idsOf = ({ records }: { readonly records: readonly { readonly id: string }[] }) =>
  records.map(({ id }) => id);

test('the page behind a record that stands where it stood is one call, with that record before it', async () => {
  const { readBehind, calls } = setUp();
  const page = await readBehind('19', 20);
  expect(idsOf(page)).toEqual(numbers(20, 40));
  expect(page).toMatchObject({ offset: 20, limit: 20, hasNextPage: true, total: null });
  expect(calls).toEqual([{ offset: 19, limit: 21 }]);
});

test.for([
  ['records were added before it', 7, 13, 1],
  ['so many were added that few are behind it in its window', 15, 20, 2],
  ['so many were added that it is in another page', 150, 20, 5],
  ['records were removed before it', -7, 20, 2],
  ['so many were removed', -150, 20, 4],
] as const)('%s: the page is behind it', async ([, growth, length, mostCalls]) => {
  const { readBehind, ids, calls } = setUp();
  if (growth > 0) ids.unshift(...numbers(2_000, 2_000 + growth));
  else ids.splice(0, -growth);
  const page = await readBehind('299', 300);
  expect(idsOf(page)).toEqual(numbers(300, 300 + length));
  expect(page).toMatchObject({ offset: 300 + growth, limit: 20, hasNextPage: true });
  expect(calls.length).toBeLessThanOrEqual(mostCalls);
});

test('where the record is by what is kept counts more than where the caller saw it', async () => {
  const { readBehind, pages, ids, calls } = setUp();
  await pages.read({ offset: 0, limit: 20 });
  ids.unshift(...numbers(2_000, 2_500));
  await pages.read({ offset: 500, limit: 50 });
  calls.length = 0;
  expect(idsOf(await readBehind('19', 20))).toEqual(numbers(20, 40));
  expect(calls).toEqual([]);
});

test('… unless the list is known to have changed since', async () => {
  const { readBehind, pages, ids, calls } = setUp({ total: () => ids.length });
  await pages.read({ offset: 0, limit: 20 });
  ids.unshift(...numbers(2_000, 2_500));
  await pages.read({ offset: 800, limit: 20 });
  calls.length = 0;
  expect(idsOf(await readBehind('19', 520))).toEqual(numbers(20, 40));
  expect(calls).toEqual([{ offset: 519, limit: 21 }]);
});

test('where it is not as expected, what is kept is no longer new enough to look in', async () => {
  const { readBehind, pages, ids, clock } = setUp();
  await pages.read({ offset: 0, limit: 100 });
  await clock.advance(2_000);
  ids.splice(0, 150);
  expect(idsOf(await readBehind('199', 200))).toEqual(numbers(200, 220));
});

test('one deadline counts for all that is looked at', async () => {
  const { readBehind, clock, calls } = setUp({
    timeoutMs: 5_000,
    intercept: () =>
      new Promise((resolve) => {
        clock.after(2_000, () =>
          resolve(pageOf(numbers(3_000 + calls.length * 100, 3_100 + calls.length * 100))),
        );
      }),
  });
  const reading = readBehind('gone', 500).catch((error: unknown) => error);
  await clock.advance(20_000);
  expect(await reading).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  expect(calls).toHaveLength(3);
});

test('without an offset it is looked for from the head of the list', async () => {
  const { readBehind, calls } = setUp();
  expect(idsOf(await readBehind('150'))).toEqual(numbers(151, 171));
  expect(calls).toHaveLength(3);
});

test('behind the last record there is an empty page, and nothing follows', async () => {
  const { readBehind, calls } = setUp({ length: 30 });
  const page = await readBehind('29', 30);
  expect(page).toMatchObject({ offset: 30, records: [], hasNextPage: false });
  expect(calls.length).toBeLessThanOrEqual(2);
});

test('a page of no records tells where it would begin', async () => {
  const { readBehind } = setUp();
  expect(await readBehind('19', 25, 0)).toMatchObject({
    offset: 20,
    limit: 0,
    records: [],
    hasNextPage: true,
  });
});

test('the largest page is one call, too: one record shorter', async () => {
  const { readBehind, calls } = setUp();
  const page = await readBehind('99', 100, 100);
  expect(idsOf(page)).toEqual(numbers(100, 199));
  expect(page).toMatchObject({ offset: 100, limit: 100, hasNextPage: true });
  expect(calls).toEqual([{ offset: 99, limit: 100 }]);
});

test('a record that is gone is looked for within a bound, and the error says from where to read on', async () => {
  const { readBehind, ids, calls } = setUp();
  ids.splice(499, 1);
  const error: unknown = await readBehind('499', 500).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(GatewayError);
  expect(error).toMatchObject({ code: 'CURSOR_LOST', retryable: false, offset: 262 });
  expect(calls).toHaveLength(7);
  const looked = calls.flatMap(({ offset, limit }) => numbers(offset, offset + limit));
  expect(new Set(looked).size).toBe(558);
});

test('where the caller thinks the list longer than it is, its end is looked through', async () => {
  const { readBehind, calls } = setUp({ total: () => 1_000 });
  expect(idsOf(await readBehind('980', 9_000))).toEqual(numbers(981, 1_000));
  expect(calls.length).toBeLessThanOrEqual(3);
  await expect(readBehind('gone', 9_000)).rejects.toMatchObject({
    code: 'CURSOR_LOST',
    offset: expect.toSatisfy((offset: number) => offset > 0 && offset < 1_000),
  });
});

test('where nothing of a list without a total was seen, the error leads back to its head', async () => {
  const { readBehind } = setUp();
  await expect(readBehind('980', 9_000)).rejects.toMatchObject({ code: 'CURSOR_LOST', offset: 0 });
});

test('a short list is not looked through twice', async () => {
  const { readBehind, calls } = setUp({ length: 30, total: () => 30 });
  await expect(readBehind('gone', 10, 10)).rejects.toMatchObject({ code: 'CURSOR_LOST', offset: 0 });
  expect(calls).toEqual([
    { offset: 9, limit: 11 },
    { offset: 0, limit: 20 },
    { offset: 20, limit: 100 },
  ]);
});

test('readers behind one record at the same time share a call; so do pages of one operation', async () => {
  const { readBehind, calls, reader } = setUp();
  await Promise.all(Array.from({ length: 50 }, () => readBehind('19', 20)));
  expect(calls).toHaveLength(1);
  const loader = createWorklistLoader(reader);
  await Promise.all([
    loader.loadBehind({ after: '99', offset: 100, limit: 20 }),
    loader.load({ offset: 120, limit: 20 }),
  ]);
  expect(calls).toHaveLength(2);
});

test('a walk while nothing moves takes no more calls than one by offset', async () => {
  const byOffset = setUp({ length: 200 });
  for (let offset = 0; offset < 200; offset += 20) await byOffset.pages.read({ offset, limit: 20 });
  const { readBehind, pages, calls } = setUp({ length: 200 });
  let page = await pages.read({ offset: 0, limit: 20 });
  const walked = idsOf(page);
  while (page.hasNextPage && walked.length < 200) {
    page = await readBehind(walked.at(-1) ?? '', page.offset + page.records.length);
    walked.push(...idsOf(page));
  }
  expect(walked).toEqual(numbers(0, 200));
  expect(calls).toHaveLength(byOffset.calls.length);
});

test('where GoSpeech leaves records out of its pages, a walk has all others', async () => {
  const hidden = new Set(['3', '20', '21', '58']);
  const { readBehind, pages, ids } = setUp({
    length: 100,
    intercept: ({ asked }) =>
      Promise.resolve({
        records: ids
          .slice(asked.offset, asked.offset + asked.limit)
          .filter((id) => !hidden.has(id))
          .map((id) => ({
            id,
            title: null,
            status: null,
            progress: null,
            language: null,
            durationMs: null,
            createdAt: null,
            updatedAt: null,
            fields: { id },
          })),
        total: ids.length,
        caching: { mayStore: true, maxAgeMs: undefined, mayServeStale: true },
      }),
  });
  let page = await pages.read({ offset: 0, limit: 20 });
  const walked = idsOf(page);
  while (page.hasNextPage) {
    page = await readBehind(walked.at(-1) ?? '', page.offset + page.records.length);
    walked.push(...idsOf(page));
  }
  expect(walked).toEqual(numbers(0, 100).filter((id) => !hidden.has(id)));
});

/** What happens between two pages of a walk: the list moves, by no more than is looked through, and others read it. */
const move = fc.record({
  kind: fc.constantFrom('grow' as const, 'shrink' as const, 'turn' as const),
  at: fc.nat(60),
  count: fc.integer({ min: 1, max: 8 }),
});
const other = fc.record({
  kind: fc.constantFrom('wait' as const, 'read' as const),
  at: fc.nat(80),
  count: fc.integer({ min: 1, max: 10 }),
});
const change = fc
  .tuple(
    fc.array(other, { maxLength: 2 }),
    fc.array(move, { maxLength: 1 }),
    fc.array(other, { maxLength: 2 }),
  )
  .map((parts) => parts.flat());
type Change = (typeof change extends fc.Arbitrary<infer Value> ? Value : never)[number];

test(
  'a walk loses no record that was there all the time, and gives none twice, however the list moves',
  { timeout: 60_000 },
  async () => {
    let walks = 0;
    let lossless = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          length: fc.integer({ min: 1, max: 80 }),
          cap: fc.integer({ min: 4, max: 15 }),
          saysTotal: fc.boolean(),
          ttlMs: fc.constantFrom(0, 1_000, 60_000),
          staleMs: fc.constantFrom(0, 60_000),
          limit: fc.integer({ min: 1, max: 10 }),
          /** By so much the hint is wrong. */
          drift: fc.integer({ min: -3, max: 3 }),
        }),
        fc.array(change, { maxLength: 30 }),
        async ({ limit, drift, saysTotal, ...given }, changes) => {
          const upstream = setUp({
            ...given,
            maxPageSize: 10,
            ...(saysTotal && { total: () => upstream.ids.length }),
          });
          const { ids, pages, clock, readBehind } = upstream;
          const always = new Set(ids);
          const walked: string[] = [];
          let named = 1_000;

          /** Moves nothing from one side of the record where the walk is to the other. */
          async function apply({ kind, at, count }: Change): Promise<void> {
            const cursor = ids.indexOf(walked.at(-1) ?? '');
            if (kind === 'wait') return clock.advance(at * count * 10);
            if (kind === 'read') return void (await pages.read({ offset: at, limit: count }));
            if (kind === 'grow') {
              ids.splice(at, 0, ...Array.from({ length: count }, () => String((named += 1))));
            } else if (kind === 'shrink') {
              // Whoever walks behind a record that is gone is told so.
              const gone = ids.slice(at, at + count).filter((_, index) => at + index !== cursor);
              for (const id of gone) {
                ids.splice(ids.indexOf(id), 1);
                always.delete(id);
              }
            } else {
              const until = Math.min(at + count, cursor);
              if (until > at) ids.splice(at, until - at, ...ids.slice(at, until).toReversed());
            }
          }

          let losses = 0;
          /** Behind the last record that is still there: one that was read of a kept page may be gone. */
          async function readOn(hint: number, back = 1): Promise<WorklistPage> {
            try {
              return await readBehind(walked.at(-back) ?? '', Math.max(0, hint - back + 1), limit);
            } catch (error) {
              if (!(error instanceof GatewayError) || error.code !== 'CURSOR_LOST') throw error;
              losses += 1;
              if (back < walked.length) return readOn(hint, back + 1);
              return pages.read({ offset: error.offset ?? NaN, limit });
            }
          }

          let page = await pages.read({ offset: 0, limit });
          walked.push(...idsOf(page));
          for (let step = 0; page.hasNextPage && step < 300; step += 1) {
            for (const each of changes[step] ?? []) await apply(each);
            page = await readOn(page.offset + page.records.length + drift);
            walked.push(...idsOf(page));
          }
          expect(walked.length - new Set(walked).size).toBeLessThanOrEqual(losses === 0 ? 0 : Infinity);
          expect([...always].filter((id) => !walked.includes(id))).toEqual([]);
          walks += 1;
          lossless += losses === 0 ? 1 : 0;
        },
      ),
      { numRuns: 500 },
    );
    expect(lossless / walks).toBeGreaterThan(0.8);
  },
);
