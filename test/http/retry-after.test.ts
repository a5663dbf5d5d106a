import { expect, test } from 'vitest';
import { MAX_RETRY_AFTER_MS, parseRetryAfter } from '../../src/http/retry-after.ts';

const NOW_MS = Date.UTC(2026, 0, 31, 9, 30);

test.each([
  ['120', 120_000],
  ['0', 0],
  ['Sat, 31 Jan 2026 09:30:05 GMT', 5_000],
  ['Sat, 31 Jan 2026 09:00:00 GMT', 0],
  ['Saturday, 31-Jan-26 09:30:05 GMT', 5_000],
  ['Sat Jan 31 09:30:05 2026', 5_000],
  ['soon', undefined],
  ['-5', undefined],
  ['1.5', 2_000],
  ['0.2', 1_000],
  ['2, 2', 2_000],
  ['5, 10', 10_000],
  ['1.5 ,2.5', 3_000],
  [' 2 ', 2_000],
  ['.5', undefined],
  ['2, soon', undefined],
  ['2,', undefined],
  ['1e33', undefined],
  ['2026-01-31', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %j is a pause of %j ms', (header, pauseMs) => {
  expect(parseRetryAfter({ 'retry-after': header }, NOW_MS)).toBe(pauseMs);
});

test.each(['3601', '9'.repeat(33), '9'.repeat(400), 'Fri, 31 Dec 9999 23:59:59 GMT'])(
  'Retry-After %j counts as an hour at most',
  (header) => {
    expect(parseRetryAfter({ 'retry-after': header }, NOW_MS)).toBe(MAX_RETRY_AFTER_MS);
  },
);

test("a date is read by the clock that wrote it: against the answer's own Date", () => {
  const headers = {
    date: 'Sat, 31 Jan 2026 12:00:00 GMT',
    'retry-after': 'Sat, 31 Jan 2026 12:00:07 GMT',
  };
  expect(parseRetryAfter(headers, NOW_MS)).toBe(7_000);
  expect(parseRetryAfter({ ...headers, date: 'now' }, NOW_MS)).toBe(MAX_RETRY_AFTER_MS);
});
