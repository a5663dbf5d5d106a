import { expect, test } from 'vitest';
import { createRateLimiter } from '../../src/callers/rate-limiter.ts';
import { createManualClock } from '../support/manual-clock.ts';

/** Lets each caller come once. */
function createStrictLimiter() {
  return createRateLimiter({ clock: createManualClock(), perSecond: 0.001, burst: 1 });
}

test.each([
  ['10,000 of them', 10_000, 10],
  ['fewer with long names', 300, 16_000],
])('callers are remembered within a bound, %s', (_what, most, nameLength) => {
  const limit = createStrictLimiter();
  const name = (number: number) => `${number}`.padEnd(nameLength, 'x');
  expect(limit(name(0))).toBeUndefined();
  expect(limit(name(0))).toBeGreaterThan(0);
  for (let number = 1; number <= most; number += 1) limit(name(number));
  expect(limit(name(most))).toBeGreaterThan(0);
  expect(limit(name(0))).toBeUndefined();
});
