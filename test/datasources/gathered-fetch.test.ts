import { expect, test } from 'vitest';
import type { FetchedPage } from '../../src/datasources/fetch-page.ts';
import { endOf, type PageWindow } from '../../src/datasources/page-window.ts';
import { GatewayError } from '../../src/errors.ts';
import { createListedUpstream, type ListedUpstreamOptions } from '../support/listed-upstream.ts';
import { settle } from '../support/manual-clock.ts';

/** 20 records each, 5 apart: 265 in all. */
const OVERLAPPING = Array.from({ length: 50 }, (_, index) => ({ offset: index * 5, limit: 20 }));

/** An upstream whose calls wait until they are let go. */
function setUp(options: Partial<ListedUpstreamOptions> = {}) {
  const held: (() => void)[] = [];
  const upstream = createListedUpstream({
    length: 1_000,
    intercept: () =>
      new Promise<FetchedPage>((_resolve, reject) => {
        held.push(() => reject(new GatewayError('UPSTREAM_UNAVAILABLE', 'It is down.')));
      }),
    ...options,
  });
  const read = (offset: number, limit = 20, signal?: AbortSignal) =>
    upstream.pages.read({ offset, limit }, signal).then(
      ({ records }) => records.length,
      (error: unknown) => (error instanceof GatewayError ? error.code : error),
    );
  return { ...upstream, read, failNext: () => held.shift()?.() };
}

test('windows that overlap are had with the fewest calls, asked for by one operation', async () => {
  const { readAll, calls, slice } = createListedUpstream({ length: 1_000 });
  const pages = await Promise.all(readAll(OVERLAPPING));
  expect(pages.map(({ records }) => records.map(({ id }) => id))).toEqual(OVERLAPPING.map(slice));
  expect(calls).toHaveLength(3);
});

test('… and by operations of their own, at the same time', async () => {
  const { pages, calls, slice } = createListedUpstream({ length: 1_000 });
  const read = await Promise.all(OVERLAPPING.map((window) => pages.read(window)));
  expect(read.map(({ records }) => records.map(({ id }) => id))).toEqual(OVERLAPPING.map(slice));
  expect(calls).toHaveLength(3);
});

test('what waits for a connection grows by what comes meanwhile, also by what follows on', async () => {
  const { read, calls, failNext } = setUp({ maxRunning: 1 });
  const first = read(500);
  await settle();
  const others = [read(0), read(40), read(20)];
  await settle();
  expect(calls).toEqual([{ offset: 500, limit: 20 }]);
  failNext();
  expect(await first).toBe('UPSTREAM_UNAVAILABLE');
  await settle();
  expect(calls.slice(1)).toEqual([{ offset: 0, limit: 60 }]);
  // What grew into that call does not wait for a turn of its own any more, and gives back one only.
  void Promise.all([...others, read(700), read(900)]);
  failNext();
  await settle();
  await settle();
  expect(calls.filter(({ offset }) => offset >= 700)).toHaveLength(1);
});

test('no call grows beyond what one gives', async () => {
  const { pages, calls } = createListedUpstream({ length: 1_000, maxPageSize: 50 });
  await Promise.all([0, 20, 40, 60].map((offset) => pages.read({ offset, limit: 20 })));
  expect(calls.map(({ limit }) => limit)).toEqual([40, 40]);
});

test('a record that breaks the call of several operations fails only those who asked for it', async () => {
  const breaks = ({ asked }: { readonly asked: PageWindow }) =>
    asked.offset <= 30 && 30 < endOf(asked)
      ? Promise.reject(new GatewayError('UPSTREAM_BAD_RESPONSE', 'A record is broken.'))
      : undefined;
  const { read } = setUp({ intercept: breaks });
  expect(await Promise.all([read(0), read(20), read(40)])).toEqual([20, 'UPSTREAM_BAD_RESPONSE', 20]);
});

test('who leaves while it waits leaves alone, and the last one takes the call along', async () => {
  const { read, calls, failNext } = setUp({ maxRunning: 1 });
  void read(500);
  await settle();
  const leavers = [new AbortController(), new AbortController(), new AbortController()];
  const left = leavers.map(({ signal }, index) => read(index < 2 ? index * 20 : 800, 20, signal));
  const stayed = read(40);
  await settle();
  for (const leaver of leavers) leaver.abort(new Error('gone'));
  expect((await Promise.all(left)).map(String)).toEqual(['Error: gone', 'Error: gone', 'Error: gone']);
  failNext();
  await settle();
  expect(calls.slice(1)).toEqual([{ offset: 0, limit: 60 }]);
  failNext();
  await settle();
  failNext();
  expect(await stayed).toBe('UPSTREAM_UNAVAILABLE');
  await settle();
  expect(calls.some(({ offset }) => offset === 800)).toBe(false);
});

test('who waits too long is told so, and who is one too many', async () => {
  const { read, clock } = setUp({ maxRunning: 1, timeoutMs: 5_000 });
  void read(980);
  await settle();
  const waiting = Array.from({ length: 17 }, (_, index) => read(index * 50));
  await settle();
  expect(await waiting[0]).toBe('OVERLOADED');
  await clock.advance(5_000);
  expect(await Promise.all(waiting.slice(1))).toEqual(waiting.slice(1).map(() => 'UPSTREAM_TIMEOUT'));
});

test('a call that others still wait for keeps its connection when the one who began it leaves', async () => {
  const { read, calls, failNext } = setUp({ maxRunning: 1 });
  const leaver = new AbortController();
  const left = read(0, 20, leaver.signal);
  const stayed = read(0);
  await settle();
  leaver.abort(new Error('gone'));
  await left;
  const next = read(500);
  await settle();
  await settle();
  expect(calls).toEqual([{ offset: 0, limit: 20 }]);
  failNext();
  await stayed;
  await settle();
  expect(calls.slice(1)).toEqual([{ offset: 500, limit: 20 }]);
  failNext();
  await next;
});

test('who has already left takes no place, and is told so at once', async () => {
  const { read, failNext } = setUp({ maxRunning: 1 });
  const busy = read(500);
  await settle();
  expect(String(await read(0, 20, AbortSignal.abort(new Error('gone'))))).toBe('Error: gone');
  failNext();
  await busy;
});
