import { expect, test } from 'vitest';
import { createOutput } from '../../src/log/create-output.ts';
import { createManualClock } from '../support/manual-clock.ts';

/** A pipe that takes `room` bytes until it is given more. */
function setUp(maxBytes = 100) {
  const clock = createManualClock();
  const pipe = { room: Infinity, error: 'EAGAIN', text: '', tries: 0, pauses: 0 };
  const lost: number[] = [];
  const output = createOutput({
    writeSome(bytes) {
      pipe.tries += 1;
      if (pipe.room === 0) throw Object.assign(new Error(pipe.error), { code: pipe.error });
      const taken = bytes.subarray(0, pipe.room);
      pipe.room -= taken.byteLength;
      pipe.text += taken.toString();
      return taken.byteLength;
    },
    pauseSync: () => void (pipe.pauses += 1),
    clock,
    maxBytes,
    onLost: (lines) => lost.push(lines),
  });
  return { clock, pipe, lost, output };
}

test('a line is written at once', () => {
  const { pipe, output } = setUp();
  output.write('one\n');
  expect(pipe.text).toBe('one\n');
});

test('what a full pipe does not take is kept, and written in its order when there is room', async () => {
  const { clock, pipe, lost, output } = setUp();
  pipe.room = 2;
  for (const line of ['one\n', 'two\n', 'three\n']) output.write(line);
  expect(pipe.text).toBe('on');
  pipe.room = Infinity;
  output.write('four\n');
  await clock.advance(100);
  expect(pipe.text).toBe('one\ntwo\nthree\nfour\n');
  expect(lost).toEqual([]);
});

test('what is kept is bounded in bytes; how many lines were lost is told once there is room', async () => {
  const { clock, pipe, lost, output } = setUp(10);
  pipe.room = 0;
  for (let count = 0; count < 1_000; count += 1) output.write('12345');
  await clock.advance(1_000);
  expect(lost).toEqual([]);
  pipe.room = Infinity;
  await clock.advance(100);
  expect(pipe.text).toBe('1234512345');
  expect(lost).toEqual([998]);
  output.write('more');
  expect(lost).toEqual([998]);
});

test('a full pipe is tried ten times a second, however many lines there are', async () => {
  const { clock, pipe, output } = setUp(1e6);
  pipe.room = 0;
  for (let count = 0; count < 10_000; count += 1) output.write('12345');
  await clock.advance(10_000);
  expect(pipe.tries).toBe(101);
});

test('a pipe that is closed throws at nobody, and is no loop', async () => {
  const { clock, pipe, output } = setUp();
  Object.assign(pipe, { room: 0, error: 'EPIPE' });
  for (let count = 0; count < 100; count += 1) output.write('12345');
  await clock.advance(1_000);
  output.flushSync();
  expect(pipe.tries).toBe(12);
  expect(pipe.pauses).toBe(0);
});

test('before the process ends, what is kept is written, with some patience for a slow reader', () => {
  const { pipe, output } = setUp();
  pipe.room = 0;
  output.write('last words');
  const slow = setUp();
  slow.pipe.room = 0;
  slow.output.write('last words');
  pipe.room = Infinity;
  output.flushSync();
  expect(pipe.text).toBe('last words');
  slow.output.flushSync();
  expect(slow.pipe.pauses).toBe(100);
});
