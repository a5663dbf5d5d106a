import { expect, test } from 'vitest';
import type { FetchPageRequest } from '../../src/datasources/fetch-page.ts';
import { endOf, type PageWindow } from '../../src/datasources/page-window.ts';
import { GatewayError } from '../../src/errors.ts';
import { createListedUpstream, pageOf, type ListedUpstreamOptions } from '../support/listed-upstream.ts';
import { settle } from '../support/manual-clock.ts';

const BAD = new GatewayError('UPSTREAM_BAD_RESPONSE', 'A record has no identifier.');
const FIRST = { offset: 0, limit: 20 };
const TEN = Array.from({ length: 10 }, (_, index) => ({ offset: index * 10, limit: 10 }));

const holds = ({ asked }: FetchPageRequest, position: number) =>
  asked.offset <= position && position < endOf(asked);

function setUp(options: Partial<ListedUpstreamOptions>) {
  const upstream = createListedUpstream({ length: 200, ...options });
  return {
    ...upstream,
    /** How each page of one operation ends; a page is its first identifier and whether it is stale. */
    outcomesOf: async (windows: readonly PageWindow[]) =>
      (await Promise.allSettled(upstream.readAll(windows))).map((outcome) =>
        outcome.status === 'fulfilled'
          ? [outcome.value.records[0]?.id, outcome.value.stale]
          : (outcome.reason as GatewayError).code,
      ),
  };
}

test('a bad record fails its own page, and none of those asked for with it', async () => {
  const { outcomesOf, calls } = setUp({
    intercept: (request) => (holds(request, 35) ? Promise.reject(BAD) : undefined),
  });
  const outcomes = await outcomesOf(TEN);
  expect(outcomes[3]).toBe('UPSTREAM_BAD_RESPONSE');
  expect(outcomes.filter((outcome) => typeof outcome !== 'string')).toHaveLength(9);
  // The merged one, and each by itself.
  expect(calls).toHaveLength(11);
});

test('a slow page takes none of those asked for with it', async () => {
  const { outcomesOf, clock } = setUp({
    intercept: (request) => (holds(request, 35) ? new Promise(() => {}) : undefined),
  });
  const outcomes = outcomesOf(TEN);
  await clock.advance(5_000);
  expect((await outcomes).map((outcome) => (typeof outcome === 'string' ? outcome : 'served'))).toEqual(
    TEN.map(({ offset }) => (offset === 30 ? 'UPSTREAM_TIMEOUT' : 'served')),
  );
});

test.each([
  ['has no room', new GatewayError('UPSTREAM_RATE_LIMITED', 'HTTP 429.')],
  ['is not asked for a moment', new GatewayError('UPSTREAM_UNAVAILABLE', 'Open.', { mayRetryAtOnce: false })],
  ['refuses the account', new GatewayError('UPSTREAM_AUTH_FAILED', 'HTTP 403.')],
])('where the upstream %s, the single pages are not asked for', async (_what, failure) => {
  const { outcomesOf, calls } = setUp({ intercept: () => Promise.reject(failure) });
  expect(new Set(await outcomesOf(TEN))).toEqual(new Set([failure.code]));
  expect(calls).toHaveLength(1);
});

test('merging adds no call: a stale page comes along with the call for its neighbour', async () => {
  const { outcomesOf, pages, calls, clock } = setUp({ ttlMs: 5_000, staleMs: 60_000 });
  await pages.read({ offset: 0, limit: 100 });
  await clock.advance(5_000);
  const outcomes = await outcomesOf([
    { offset: 80, limit: 20 },
    { offset: 100, limit: 20 },
  ]);
  await settle();
  expect(outcomes).toEqual([
    ['80', false],
    ['100', false],
  ]);
  expect(calls.slice(1)).toEqual([{ offset: 80, limit: 40 }]);
});

test('a stale page that came along is served stale where the call fails', async () => {
  let isDown = false;
  const { outcomesOf, pages, clock } = setUp({
    ttlMs: 5_000,
    staleMs: 60_000,
    staleIfErrorMs: 60_000,
    intercept: () => (isDown ? Promise.reject(BAD) : undefined),
  });
  await pages.read({ offset: 0, limit: 100 });
  await clock.advance(5_000);
  isDown = true;
  const outcomes = await outcomesOf([
    { offset: 80, limit: 20 },
    { offset: 100, limit: 20 },
  ]);
  expect(outcomes).toEqual([['80', true], 'UPSTREAM_BAD_RESPONSE']);
});

test('one operation causes no more than its calls, also where each of its pages is fetched by itself', async () => {
  const { outcomesOf, calls } = setUp({ cap: 1 });
  await outcomesOf(TEN);
  expect(calls.length).toBeLessThanOrEqual(40);
});

test.each([
  ['fails', () => Promise.reject(BAD)],
  ['never comes', () => new Promise<never>(() => {})],
])(
  'a page that cannot be cut from the merged call, and then %s, ends at the deadline',
  async (_what, answer) => {
    // Every seventh row is left out; by itself no page comes.
    const { outcomesOf, clock } = setUp({
      intercept({ asked: { offset, limit } }) {
        if (limit === 20) return answer();
        const rows = Array.from({ length: limit }, (_, index) => offset + index);
        return Promise.resolve(pageOf(rows.filter((row) => row % 7 !== 3).map(String), 200));
      },
    });
    let isOver = false;
    const outcomes = outcomesOf([
      { offset: 0, limit: 20 },
      { offset: 20, limit: 20 },
    ]).finally(() => (isOver = true));
    await clock.advance(5_000);
    expect(isOver).toBe(true);
    expect((await outcomes).every((outcome) => typeof outcome === 'string')).toBe(true);
  },
);

test('a caller that joins another’s call is not held to the bounds of that one', async () => {
  const { readAll, pages, calls, clock } = createListedUpstream({
    length: 200,
    intercept: ({ deadlineAtMs }) =>
      new Promise((_resolve, reject) => {
        const late = new GatewayError('UPSTREAM_TIMEOUT', 'GoSpeech did not answer in time.');
        clock.after(deadlineAtMs - clock.monotonicMs(), () => reject(late));
      }),
  });
  const first = Promise.allSettled(readAll([FIRST]));
  await clock.advance(4_990);
  const second = pages.read(FIRST);
  const code = second.then(
    () => 'served',
    (error: unknown) => (error as GatewayError).code,
  );
  await clock.advance(20);
  await first;
  expect(calls).toHaveLength(2);
  await clock.advance(5_000);
  expect(await code).toBe('UPSTREAM_TIMEOUT');
});
