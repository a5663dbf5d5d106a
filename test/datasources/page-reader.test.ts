import { expect, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createListedUpstream } from '../support/listed-upstream.ts';
import { settle } from '../support/manual-clock.ts';

const FIRST = { offset: 0, limit: 20 };
const OUTAGE = new GatewayError('UPSTREAM_UNAVAILABLE', 'GoSpeech could not be reached.');

test('readers of one page at the same time share one call', async () => {
  const { pages, calls } = createListedUpstream({ length: 50 });
  await Promise.all(Array.from({ length: 100 }, () => pages.read(FIRST)));
  expect(calls).toEqual([FIRST]);
});

test('a reader joins a larger page that is on its way', async () => {
  const { pages, calls, slice } = createListedUpstream({ length: 50 });
  const [, inner] = await Promise.all([
    pages.read({ offset: 0, limit: 40 }),
    pages.read({ offset: 10, limit: 5 }),
  ]);
  expect(inner.records.map(({ id }) => id)).toEqual(slice({ offset: 10, limit: 5 }));
  expect(calls).toHaveLength(1);
});

test('a page is fetched again once it is older than its time to live', async () => {
  const { pages, calls, clock } = createListedUpstream({ length: 50, ttlMs: 5_000 });
  const { fetchedAt } = await pages.read(FIRST);
  await clock.advance(4_999);
  expect((await pages.read(FIRST)).fetchedAt).toEqual(fetchedAt);
  await clock.advance(1);
  expect((await pages.read(FIRST)).fetchedAt).toEqual(new Date(Date.parse(fetchedAt) + 5_000).toISOString());
  expect(calls).toHaveLength(2);
});

test('a jump of the wall clock makes no page older or younger', async () => {
  const { pages, calls, clock } = createListedUpstream({ length: 50, ttlMs: 5_000 });
  await pages.read(FIRST);
  clock.jump(3_600_000);
  await pages.read(FIRST);
  clock.jump(-7_200_000);
  await pages.read(FIRST);
  expect(calls).toHaveLength(1);
});

test('with no time to live at all, readers at the same time still share one call', async () => {
  const { pages, calls } = createListedUpstream({ length: 50, ttlMs: 0 });
  await Promise.all([pages.read(FIRST), pages.read(FIRST)]);
  await pages.read(FIRST);
  expect(calls).toHaveLength(2);
});

test('a failure reaches all who waited, and is not kept', async () => {
  let isDown = true;
  const { pages, calls } = createListedUpstream({
    length: 50,
    intercept: () => (isDown ? Promise.reject(OUTAGE) : undefined),
  });
  const answers = await Promise.allSettled([pages.read(FIRST), pages.read(FIRST)]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isDown = false;
  expect((await pages.read(FIRST)).records).toHaveLength(20);
  expect(calls).toHaveLength(2);
});

test('a reader who leaves gets the reason, and fails nobody else', async () => {
  const { pages, calls } = createListedUpstream({ length: 50 });
  const leaver = new AbortController();
  const left = pages.read(FIRST, leaver.signal);
  const stayed = pages.read(FIRST);
  leaver.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  expect((await stayed).records).toHaveLength(20);
  expect(calls).toHaveLength(1);
});

test('the call is cancelled when the last reader leaves, and not before', async () => {
  let signal: AbortSignal | undefined;
  const { pages, calls } = createListedUpstream({
    length: 50,
    intercept({ signal: given }) {
      if (signal !== undefined) return undefined;
      signal = given;
      return new Promise((_resolve, reject) => {
        given.addEventListener('abort', () => reject(given.reason));
      });
    },
  });
  const [one, other] = [new AbortController(), new AbortController()];
  const reads = [pages.read(FIRST, one.signal), pages.read(FIRST, other.signal)];
  await settle();
  one.abort();
  expect(signal?.aborted).toBe(false);
  other.abort();
  expect(signal?.aborted).toBe(true);
  await Promise.allSettled(reads);

  expect((await pages.read(FIRST)).records).toHaveLength(20);
  expect(calls).toHaveLength(2);
});

test('a reader whose client has already gone causes no call', async () => {
  const { pages, calls } = createListedUpstream({ length: 50 });
  await expect(pages.read(FIRST, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  expect(calls).toEqual([]);
});

test('what is kept stays below the byte limit: the page unused for longest goes first', async () => {
  // Each page is taken for about 9 kB: two fit, three do not.
  const { pages, calls } = createListedUpstream({ length: 100, maxBytes: 20_000 });
  const first = FIRST;
  const second = { offset: 20, limit: 20 };
  const third = { offset: 40, limit: 20 };
  await pages.read(first);
  await pages.read(second);
  await pages.read(first);
  await pages.read(third);
  await pages.read(first);
  await pages.read(third);
  expect(calls).toEqual([first, second, third]);
  await pages.read(second);
  expect(calls).toHaveLength(4);
});

test('a page larger than the byte limit is answered, though not kept', async () => {
  const { pages, calls } = createListedUpstream({ length: 50, maxBytes: 100 });
  expect((await pages.read(FIRST)).records).toHaveLength(20);
  await pages.read(FIRST);
  expect(calls).toHaveLength(2);
});

test('a page behind the known end is empty, and takes no call', async () => {
  const { pages, calls } = createListedUpstream({ length: 50, total: () => 50 });
  await pages.read(FIRST);
  expect(await pages.read({ offset: 50, limit: 20 })).toMatchObject({
    records: [],
    offset: 50,
    total: 50,
    hasNextPage: false,
  });
  expect(calls).toHaveLength(1);
});

test('an empty page shows that the page before it is the last, even without a total', async () => {
  const { pages } = createListedUpstream({ length: 20 });
  expect((await pages.read(FIRST)).hasNextPage).toBe(true);
  await pages.read({ offset: 20, limit: 20 });
  expect((await pages.read(FIRST)).hasNextPage).toBe(false);
});

test('a page of no records takes no call, and has the total if that is known', async () => {
  const { pages, calls } = createListedUpstream({ length: 50, total: () => 50 });
  expect(await pages.read({ offset: 0, limit: 0 })).toMatchObject({
    records: [],
    total: null,
    hasNextPage: true,
  });
  expect(calls).toHaveLength(0);
  await pages.read(FIRST);
  expect(await pages.read({ offset: 0, limit: 0 })).toMatchObject({
    records: [],
    total: 50,
    hasNextPage: true,
  });
  expect(await pages.read({ offset: 50, limit: 0 })).toMatchObject({
    records: [],
    total: 50,
    hasNextPage: false,
  });
  expect(calls).toHaveLength(1);
});

test('a failed load leaves no rejection behind that nobody handles', async () => {
  const { pages } = createListedUpstream({ length: 50, intercept: () => Promise.reject(OUTAGE) });
  const leaver = new AbortController();
  const read = pages.read(FIRST, leaver.signal);
  leaver.abort(new Error('gone'));
  await expect(read).rejects.toThrow('gone');
  await settle();
});
