import { expect, test } from 'vitest';
import { atWallTime } from '../src/clock.ts';
import { createManualClock } from './support/manual-clock.ts';

const DAY_MS = 86_400_000;

test('an instant that is further off than a timer waits is waited for all the same', async () => {
  const clock = createManualClock();
  let calls = 0;
  atWallTime(clock, clock.now() + 60 * DAY_MS, () => (calls += 1));
  await clock.advance(60 * DAY_MS - 1);
  expect(calls).toBe(0);
  await clock.advance(1);
  expect(calls).toBe(1);
  await clock.advance(60 * DAY_MS);
  expect(calls).toBe(1);
});

test('it can be called off, also after the first timer', async () => {
  const clock = createManualClock();
  let calls = 0;
  const callOff = atWallTime(clock, clock.now() + 60 * DAY_MS, () => (calls += 1));
  await clock.advance(30 * DAY_MS);
  callOff();
  await clock.advance(60 * DAY_MS);
  expect(calls).toBe(0);
});
