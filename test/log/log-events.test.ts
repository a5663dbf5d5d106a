import { expect, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { GatewayEvent } from '../../src/events.ts';
import { createLogCapture } from '../support/log-capture.ts';

/** The lines that these events give, decoded. */
function linesOf(...events: readonly GatewayEvent[]): readonly Readonly<Record<string, unknown>>[] {
  const { report, lines } = createLogCapture('trace');
  for (const event of events) report(event);
  return lines;
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

test('a failure that is the same with other options is told once, with what the network said', () => {
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  const down = new GatewayError('UPSTREAM_UNAVAILABLE', 'Down.', { cause: reset });
  const error = down.with({ mayRetryAtOnce: false }).with({ retryAfterMs: 1_000 });
  const other = new GatewayError('UPSTREAM_TIMEOUT', 'Slow.', { cause: down });
  expect(
    linesOf(
      { type: 'token.failed', error, retryInMs: 1_000 },
      { type: 'operation.failed', error: other },
      {
        type: 'operation.failed',
        error: new GatewayError('OVERLOADED', 'x').with({ mayRetryAtOnce: false }),
      },
    ).map((line) => line['error']),
  ).toEqual([
    {
      name: 'GatewayError',
      code: 'UPSTREAM_UNAVAILABLE',
      message: 'Down.',
      cause: { name: 'Error', code: 'ECONNRESET', message: 'read ECONNRESET' },
    },
    expect.objectContaining({
      code: 'UPSTREAM_TIMEOUT',
      cause: expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE' }),
    }),
    { name: 'GatewayError', code: 'OVERLOADED', message: 'x' },
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

test('only a bug has a stack: not what was foreseen, what the network did, or a caller that left', () => {
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
  const down = new GatewayError('UPSTREAM_UNAVAILABLE', 'Down.', { cause: reset });
  const misuse = Object.assign(new TypeError('wrong'), { code: 'ERR_INVALID_ARG_TYPE' });
  const bug = new Error('outer', { cause: new Error('inner') });
  const ofNetwork = linesOf(
    { type: 'upstream.failed', route: 'token', error: reset, durationMs: 1 },
    { type: 'upstream.failed', route: 'token', error: new DOMException('', 'AbortError'), durationMs: 1 },
    { type: 'operation.failed', error: down },
    { type: 'operation.failed', error: new GatewayError('UPSTREAM_UNAVAILABLE', 'Down.', { cause: bug }) },
    { type: 'operation.crashed', errorId: '1', error: reset },
  );
  expect(ofNetwork).toHaveLength(5);
  expect(JSON.stringify(ofNetwork)).not.toContain('"stack"');
  const ofBugs = linesOf(
    { type: 'operation.crashed', errorId: '1', error: misuse },
    { type: 'operation.crashed', errorId: '2', error: bug },
    { type: 'operation.crashed', errorId: '3', error: new Error('outer', { cause: down }) },
  );
  expect(ofBugs).toEqual([
    expect.objectContaining({ error: expect.objectContaining({ stack: expect.stringContaining('at ') }) }),
    expect.objectContaining({
      error: expect.objectContaining({
        stack: expect.stringContaining('at '),
        cause: expect.objectContaining({ stack: expect.stringContaining('at ') }),
      }),
    }),
    expect.objectContaining({
      error: expect.objectContaining({
        stack: expect.stringContaining('at '),
        cause: expect.not.objectContaining({ stack: expect.anything() }),
      }),
    }),
  ]);
});

test('milliseconds are whole', () => {
  const lines = linesOf(
    { type: 'token.failed', error: new GatewayError('UPSTREAM_UNAVAILABLE', 'x'), retryInMs: 1_234.567 },
    { type: 'breaker.opened', openMs: 4_999.2 },
    { type: 'token.replaced', grant: 'password', lifetimeMs: 1_500.5 },
  );
  expect(lines).toEqual([
    expect.objectContaining({ retryInMs: 1_235 }),
    expect.objectContaining({ openMs: 4_999 }),
    expect.objectContaining({ lifetimeMs: 1_501 }),
  ]);
});

test('a failed field is a line that names operation, path and caller', () => {
  const about = { operation: 'Everything', path: 'worklist', caller: 'alice' };
  expect(
    linesOf(
      { type: 'operation.failed', error: new GatewayError('UPSTREAM_TIMEOUT', 'x'), ...about },
      { type: 'operation.crashed', errorId: '1', error: new Error('x'), ...about },
    ),
  ).toEqual([expect.objectContaining(about), expect.objectContaining(about)]);
});

test.each<[number, string, GatewayEvent]>([
  [
    30,
    'credentials',
    { type: 'request.refused', status: 401, error: new GatewayError('UNAUTHENTICATED', 'x') },
  ],
  [
    20,
    'what a stranger sends',
    { type: 'request.refused', status: 415, error: new GatewayError('BAD_REQUEST', 'x') },
  ],
  [
    30,
    'a Host that is none of ours',
    { type: 'request.refused', status: 421, error: new GatewayError('BAD_REQUEST', 'x') },
  ],
  [
    30,
    'an origin that is not listed',
    { type: 'request.refused', status: 403, error: new GatewayError('BAD_REQUEST', 'x') },
  ],
  [40, 'overload', { type: 'request.refused', status: 503, error: new GatewayError('OVERLOADED', 'x') }],
  [30, 'size', { type: 'operation.refused', code: 'QUERY_TOO_COMPLEX' }],
  [30, 'an allow-list', { type: 'operation.refused', code: 'FORBIDDEN' }],
  [20, 'what the schema says', { type: 'operation.refused', code: 'GRAPHQL_VALIDATION_FAILED' }],
])('at level %i is the line of what is refused for %s', (level, _what, event) => {
  expect(linesOf(event)).toEqual([expect.objectContaining({ level })]);
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
    { type: 'token.accepted' },
    { type: 'upstream.responded', route: 'token', status: 200, durationMs: 1 },
    { type: 'upstream.failed', route: 'token', error: new Error('x'), durationMs: 1 },
    { type: 'upstream.unexpected_type', place: 'records[].progress', found: 'string' },
    { type: 'worklist.understood', found: { id: '/id' }, missing: { title: ['/caption'] }, unread: [] },
    { type: 'upstream.page_capped', pageLength: 20 },
    { type: 'worklist.moved' },
    { type: 'request.refused', status: 401, error: new GatewayError('UNAUTHENTICATED', 'x') },
    { type: 'token.revealed', caller: 'alice' },
    { type: 'upstream.queued', waiting: 1 },
    { type: 'breaker.opened', openMs: 1 },
    { type: 'breaker.closed' },
    { type: 'revalidation.failed', error: new Error('x'), retryInMs: 1 },
    { type: 'operation.refused', code: 'QUERY_TOO_COMPLEX' },
    { type: 'operation.failed', error: new GatewayError('UPSTREAM_TIMEOUT', 'x') },
    { type: 'operation.crashed', errorId: '1', error: new Error('x') },
  ];
  const lines = linesOf(...events);
  expect(lines.map(({ event }) => event)).toEqual(events.map(({ type }) => type));
  expect(JSON.stringify(lines)).not.toContain('thrown text');
});
