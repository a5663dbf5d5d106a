import { expect, test } from 'vitest';
import { freshnessDemandsOf } from '../src/freshness-demands.ts';

test.for<[string | undefined, object | undefined]>([
  [undefined, undefined],
  ['', undefined],
  ['no-store, no-transform', undefined],
  ['max-age=12', { maxAgeMs: 12_000, onlyIfCached: false }],
  ['MAX-AGE = "12"', { maxAgeMs: 12_000, onlyIfCached: false }],
  ['no-cache', { maxAgeMs: 0, onlyIfCached: false }],
  ['max-age=60, no-cache', { maxAgeMs: 0, onlyIfCached: false }],
  ['max-age=soon', { maxAgeMs: 0, onlyIfCached: false }],
  ['max-age=-1', { maxAgeMs: 0, onlyIfCached: false }],
  ['max-stale', { maxStaleMs: Infinity, onlyIfCached: false }],
  ['max-stale=30, only-if-cached', { maxStaleMs: 30_000, onlyIfCached: true }],
  ['x-max-age=5', undefined],
])('%j', ([header, demands]) => {
  expect(freshnessDemandsOf(header)).toEqual(demands);
});
