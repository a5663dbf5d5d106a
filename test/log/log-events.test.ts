import { pino } from 'pino';
import { expect, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { GatewayEvent } from '../../src/events.ts';
import { logEvents } from '../../src/log/log-events.ts';

/** The lines that these events give, decoded. */
function linesOf(...events: readonly GatewayEvent[]): Record<string, unknown>[] {
  const lines: string[] = [];
  const report = logEvents(pino({ level: 'trace', base: null }, { write: (line) => void lines.push(line) }));
  for (const event of events) report(event);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a failure comes with its code, what the operator can do, and its causes', () => {
  const error = new GatewayError('UPSTREAM_AUTH_FAILED', 'Refused.', {
    hint: 'Check the password.',
    cause: new Error('why', { cause: new Error('why that') }),
  });
  expect(linesOf({ type: 'token.failed', error, retryInMs: 60_000 })).toEqual([
    expect.objectContaining({
      level: 50,
      event: 'token.failed',
      retryInMs: 60_000,
      error: expect.objectContaining({
        code: 'UPSTREAM_AUTH_FAILED',
        message: 'Refused.',
        hint: 'Check the password.',
        cause: expect.objectContaining({
          message: 'why',
          cause: expect.objectContaining({ message: 'why that' }),
        }),
      }),
    }),
  ]);
});

test('what a library hangs onto its errors is not logged', () => {
  const error = Object.assign(new Error('refused'), {
    request: { headers: { authorization: 'CANARY' } },
    body: 'CANARY',
    code: 'ECONNREFUSED',
  });
  const lines = linesOf(
    { type: 'upstream.failed', route: 'token', error, durationMs: 1 },
    { type: 'operation.crashed', errorId: '1', error },
    { type: 'operation.failed', error: new GatewayError('UPSTREAM_UNAVAILABLE', 'Down.', { cause: error }) },
  );
  expect(lines).toHaveLength(3);
  expect(JSON.stringify(lines)).toContain('ECONNREFUSED');
  expect(JSON.stringify(lines)).not.toContain('CANARY');
});

test('a failure that many requests share is logged once', () => {
  const error = new GatewayError('UPSTREAM_UNAVAILABLE', 'Down.');
  const again = new GatewayError('UPSTREAM_UNAVAILABLE', 'Down.');
  const failed = (each: Error): GatewayEvent => ({ type: 'operation.failed', error: each });
  expect(linesOf(failed(error), failed(error), failed(again), failed(error))).toHaveLength(2);
});

test("a caller's mistake is no warning", () => {
  const [line] = linesOf({
    type: 'operation.failed',
    error: new GatewayError('BAD_USER_INPUT', 'Too large.'),
  });
  expect(line).toMatchObject({ level: 20 });
});

test('every event is one line with its type', () => {
  const events: readonly GatewayEvent[] = [
    { type: 'token.replaced', grant: 'password', lifetimeMs: 1 },
    { type: 'token.failed', error: 'thrown text', retryInMs: 1 },
    { type: 'token.refused', retryInMs: 1 },
    { type: 'upstream.answered', route: 'token', status: 200, durationMs: 1 },
    { type: 'upstream.failed', route: 'token', error: new Error('x'), durationMs: 1 },
    { type: 'upstream.unexpected_type', place: 'records[].progress', found: 'string' },
    { type: 'upstream.limit_capped', limit: 20 },
    { type: 'worklist.moved' },
    { type: 'request.refused', status: 401, error: new GatewayError('UNAUTHENTICATED', 'x') },
    { type: 'token.revealed', caller: 'alice' },
    { type: 'upstream.queued', waiting: 1 },
    { type: 'breaker.opened', openMs: 1 },
    { type: 'breaker.closed' },
    { type: 'revalidation.failed', error: new Error('x'), retryInMs: 1 },
    { type: 'operation.failed', error: new GatewayError('UPSTREAM_TIMEOUT', 'x') },
    { type: 'operation.crashed', errorId: '1', error: new Error('x') },
  ];
  const lines = linesOf(...events);
  expect(lines.map(({ event }) => event)).toEqual(events.map(({ type }) => type));
  expect(JSON.stringify(lines)).not.toContain('thrown text');
});
