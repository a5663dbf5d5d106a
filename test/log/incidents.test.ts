import { expect, test } from 'vitest';
import { GatewayError, type GatewayErrorCode } from '../../src/errors.ts';
import type { GatewayEvent } from '../../src/events.ts';
import { createLogCapture } from '../support/log-capture.ts';

const failed = (code: GatewayErrorCode = 'UPSTREAM_UNAVAILABLE', path = 'worklist'): GatewayEvent => ({
  type: 'operation.failed',
  path,
  error: new GatewayError(code, 'Down.'),
});

const said = (lines: readonly Readonly<Record<string, unknown>>[]) =>
  lines.map(({ level, msg, times }) => [level, msg, times].filter((each) => each !== undefined));

test('an incident is a line when it begins, one a minute with counts while it lasts, and one when it is over', async () => {
  const { report, clock, lines } = createLogCapture('info');
  for (let count = 0; count < 300; count += 1) {
    report(failed());
    await clock.advance(300);
  }
  await clock.advance(300_000);
  expect(said(lines)).toEqual([
    [40, 'A field could not be answered.'],
    [40, '199 more in a minute: A field could not be answered.', 199],
    [40, '100 more in a minute: A field could not be answered.', 100],
    [30, '300 in all, none for a minute: A field could not be answered.', 300],
  ]);
  expect(lines[3]).toMatchObject({ incident: 'over', forMs: 299 * 300 });
});

test('what happens once is one line, and so it is again when it comes back after its incident', async () => {
  const { report, clock, lines } = createLogCapture('info');
  report(failed());
  await clock.advance(60_000);
  report(failed());
  await clock.advance(60_000);
  expect(said(lines)).toEqual([
    [40, 'A field could not be answered.'],
    [40, 'A field could not be answered.'],
  ]);
});

test('a line about many has the latest of them', async () => {
  const { report, clock, lines } = createLogCapture('info');
  report(failed('UPSTREAM_TIMEOUT', 'first'));
  report(failed('UPSTREAM_TIMEOUT', 'second'));
  report(failed('UPSTREAM_TIMEOUT', 'third'));
  await clock.advance(60_000);
  expect(lines.map(({ path, incident }) => [path, incident])).toEqual([
    ['first', undefined],
    ['third', 'goes on'],
  ]);
});

test('failures for other reasons are incidents of their own', () => {
  const { report, lines } = createLogCapture('info');
  for (let count = 0; count < 3; count += 1) {
    for (const event of [failed(), failed('UPSTREAM_TIMEOUT')]) report(event);
  }
  expect(lines).toHaveLength(2);
});

test('each bug is a line, since a client holds its id', () => {
  const { report, lines } = createLogCapture('info');
  const error = new Error('a bug');
  for (const errorId of ['1', '2', '3']) report({ type: 'operation.crashed', errorId, error });
  expect(lines.map((line) => line['errorId'])).toEqual(['1', '2', '3']);
});

test('each repetition is a line for debug', () => {
  const { report, lines } = createLogCapture('trace');
  for (const path of ['a', 'b', 'c']) report(failed('UPSTREAM_TIMEOUT', path));
  expect(lines.map(({ level, path }) => [level, path])).toEqual([
    [40, 'a'],
    [20, 'b'],
    [20, 'c'],
  ]);
});

test('each reveal of the token stays a line of its own', () => {
  const { report, lines } = createLogCapture('info');
  for (let count = 0; count < 50; count += 1) report({ type: 'token.revealed', caller: 'alice' });
  expect(lines).toHaveLength(50);
});

const opened: GatewayEvent = { type: 'breaker.opened', openMs: 5_000 };
const closed: GatewayEvent = { type: 'breaker.closed' };
const FAILS = 'GoSpeech keeps failing, so it is not asked for a moment.';
const WORKS = 'GoSpeech answers again.';

test('an outage ends with its line at once, and the next one in the same minute begins with one', async () => {
  const { report, clock, lines } = createLogCapture('info');
  for (const event of [opened, opened, opened, closed, opened, closed]) {
    report(event);
    await clock.advance(5_000);
  }
  await clock.advance(300_000);
  expect(said(lines)).toEqual([
    [50, FAILS],
    [30, WORKS, 3],
    [50, FAILS],
    [30, WORKS, 1],
  ]);
  expect(lines[1]).toMatchObject({ event: 'breaker.closed', incident: 'over', times: 3, forMs: 15_000 });
  expect(lines[3]).toMatchObject({ event: 'breaker.closed', incident: 'over', times: 1, forMs: 5_000 });
});

test('an outage that lasts is a line a minute with counts', async () => {
  const { report, clock, lines } = createLogCapture('info');
  for (let count = 0; count < 20; count += 1) {
    report(opened);
    await clock.advance(6_000);
  }
  report(closed);
  await clock.advance(300_000);
  expect(said(lines)).toEqual([
    [50, FAILS],
    [50, `9 more in a minute: ${FAILS}`, 9],
    [50, `10 more in a minute: ${FAILS}`, 10],
    [30, WORKS, 20],
  ]);
});

test.each([
  ['fails', 51, 50, FAILS],
  ['works', 50, 30, WORKS],
])('of a flapping that ends where it %s, the last line says so', async (_state, events, level, message) => {
  const { report, clock, lines } = createLogCapture('info');
  for (let count = 0; count < events; count += 1) {
    report(count % 2 === 0 ? opened : closed);
    await clock.advance(1_000);
  }
  await clock.advance(300_000);
  expect(
    said(lines)
      .slice(0, 6)
      .map(([, text]) => text),
  ).toEqual([FAILS, WORKS, FAILS, WORKS, FAILS, WORKS]);
  expect(lines.at(-1)).toMatchObject({
    level,
    msg: expect.stringContaining(`changes in a minute, the latest: ${message}`),
  });

  // A minute without a change over, the next one has its line at once again.
  report(events % 2 === 0 ? opened : closed);
  expect(lines.at(-1)).toMatchObject({ msg: events % 2 === 0 ? FAILS : WORKS });
});

test('however many kinds there are, their lines are bounded', () => {
  const { report, lines } = createLogCapture('info');
  for (let count = 0; count < 5_000; count += 1) {
    report({ type: 'upstream.unexpected_type', place: `place ${count}`, found: 'string' });
  }
  expect(lines.length).toBeLessThanOrEqual(101);
});

const MINUTES = 10;

/** What comes in each second. */
const FLOODS: Readonly<Record<string, (second: number) => readonly GatewayEvent[]>> = {
  'failing requests': () => Array.from({ length: 20 }, () => failed()),
  'refusals for overload': () =>
    Array.from({ length: 20 }, () => ({
      type: 'request.refused',
      status: 503,
      error: new GatewayError('OVERLOADED', 'x'),
    })),
  'strangers without credentials': () => [
    { type: 'request.refused', status: 401, error: new GatewayError('UNAUTHENTICATED', 'x') },
  ],
  'documents that are too large': () => [{ type: 'operation.refused', code: 'QUERY_TOO_COMPLEX' }],
  'documents that are wrong': () => [{ type: 'operation.refused', code: 'GRAPHQL_VALIDATION_FAILED' }],
  'a breaker that opens and closes': (second) => [
    second % 2 === 0 ? { type: 'breaker.opened', openMs: 5_000 } : { type: 'breaker.closed' },
  ],
  'a breaker that opens and closes each quarter of a minute': (second) =>
    second % 15 === 0
      ? [second % 30 === 0 ? { type: 'breaker.opened', openMs: 5_000 } : { type: 'breaker.closed' }]
      : [],
  'a token that cannot be had': (second) =>
    second % 15 === 0
      ? [{ type: 'token.failed', error: new GatewayError('UPSTREAM_UNAVAILABLE', 'x'), retryInMs: 15_000 }]
      : [],
  'a hundred pages that cannot be fetched again': () =>
    Array.from({ length: 100 }, () => ({
      type: 'revalidation.failed',
      error: new GatewayError('UPSTREAM_UNAVAILABLE', 'x'),
      retryInMs: 1_000,
    })),
  'a list that moves': () => [{ type: 'worklist.moved' }],
  'tokens that live for a moment': () => [{ type: 'token.replaced', grant: 'password', lifetimeMs: 1_000 }],
};

test.each(Object.keys(FLOODS))('a flood of %s is at most two lines a minute', async (name) => {
  const { report, clock, lines } = createLogCapture('info');
  for (let second = 0; second < MINUTES * 60; second += 1) {
    for (const event of FLOODS[name]?.(second) ?? []) report(event);
    await clock.advance(1_000);
  }
  await clock.advance(120_000);
  expect(lines.length).toBeLessThanOrEqual(2 * (MINUTES + 2));
});
