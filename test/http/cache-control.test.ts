import { expect, test } from 'vitest';
import { cachingOf, strictest } from '../../src/http/cache-control.ts';

const NO_WORD = { mayStore: true, maxAgeMs: undefined, mayServeStale: true, etag: undefined };

test.each([
  [{}, NO_WORD],
  [{ 'cache-control': 'no-store' }, { ...NO_WORD, mayStore: false }],
  [{ 'cache-control': 'private, max-age=30' }, { ...NO_WORD, maxAgeMs: 30_000 }],
  [
    { 'cache-control': 'MAX-AGE="30" , Must-Revalidate' },
    { ...NO_WORD, maxAgeMs: 30_000, mayServeStale: false },
  ],
  [
    { 'cache-control': 'max-age=30', age: '20' },
    { ...NO_WORD, maxAgeMs: 10_000 },
  ],
  [
    { 'cache-control': 'max-age=30', age: '40' },
    { ...NO_WORD, maxAgeMs: 0 },
  ],
  [{ 'cache-control': 'max-age=soon' }, { ...NO_WORD, maxAgeMs: 0 }],
  [{ 'cache-control': 'max-age' }, { ...NO_WORD, maxAgeMs: 0 }],
  [{ 'cache-control': 'no-cache' }, { ...NO_WORD, maxAgeMs: 0, mayServeStale: false }],
  [{ 'cache-control': 'x-no-store, s-maxage=5' }, NO_WORD],
])('%j says %j', (headers: Record<string, string>, caching) => {
  expect(cachingOf(headers)).toEqual(caching);
});

test('what was put together from several answers keeps to the strictest', () => {
  const all = ['max-age=30', 'max-age=10, must-revalidate', ''].map((value) =>
    cachingOf({ 'cache-control': value }),
  );
  expect(strictest(all)).toEqual({ mayStore: true, maxAgeMs: 10_000, mayServeStale: false });
  expect(strictest([cachingOf({}), cachingOf({ 'cache-control': 'no-store' })]).mayStore).toBe(false);
});
