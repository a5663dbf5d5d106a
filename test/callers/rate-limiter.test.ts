import { expect, test } from 'vitest';
import { createRateLimiter } from '../../src/callers/rate-limiter.ts';
import { createManualClock } from '../support/manual-clock.ts';

/** Lets each caller come once a second. */
function setUp() {
  return createRateLimiter({ clock: createManualClock(), perSecond: 1, burst: 1 });
}

test('callers with long names are remembered within a bound of memory', () => {
  const limit = setUp();
  const name = (number: number) => `${number}`.padEnd(16_000, 'x');
  limit(name(0));
  expect(limit(name(0))).toBeGreaterThan(0);
  for (let number = 1; number <= 300; number += 1) limit(name(number));
  expect(limit(name(300))).toBeGreaterThan(0);
  expect(limit(name(0))).toBeUndefined();
});

test('the caller unheard of for longest is forgotten beyond 10,000, and nobody else', () => {
  const limit = setUp();
  limit('first');
  limit('second');
  for (let other = 0; other < 9_998; other += 1) limit(`other ${other}`);
  expect(limit('first')).toBe(1_000);
  limit('one more');
  // `second` was the oldest by then, so it starts again; `first` is remembered.
  expect(limit('first')).toBe(1_000);
  expect(limit('second')).toBeUndefined();
});

test('who is refused is heard of, too, and cannot be pushed out while it goes on', () => {
  const limit = setUp();
  limit('flooder');
  for (const round of [1, 2, 3]) {
    for (let other = 0; other < 9_000; other += 1) limit(`other ${round} ${other}`);
    expect(limit('flooder')).toBe(1_000);
  }
});
