import { expect, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { GatewayEvent } from '../../src/events.ts';
import type { HttpRequest, HttpResponse } from '../../src/http/send.ts';
import { withBreaker } from '../../src/http/with-breaker.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { answerOf } from '../support/scripted-send.ts';

const GET: HttpRequest = { route: 'test', method: 'GET', url: new URL('http://127.0.0.1/') };
const TIMEOUT = new GatewayError('UPSTREAM_TIMEOUT', 'Too late.');
const BROKEN = new GatewayError('UPSTREAM_UNAVAILABLE', 'The connection broke.');

type Answer = number | Error | Promise<HttpResponse>;

function setUp() {
  const clock = createManualClock();
  const events: GatewayEvent[] = [];
  let answer: Answer = 200;
  let calls = 0;
  const send = withBreaker({ clock, report: (event) => events.push(event), timeoutMs: 5_000 })(async () => {
    calls += 1;
    if (answer instanceof Error) throw answer;
    return typeof answer === 'number' ? answerOf(answer) : answer;
  });
  const one = (next: Answer, request: HttpRequest = GET) => {
    answer = next;
    return send(request).then(
      ({ status }) => status,
      (error: unknown) => error,
    );
  };
  return {
    clock,
    events: () => events.map(({ type }) => type),
    calls: () => calls,
    /** Sends one request, which is answered so if it gets through. */
    one,
    async many(count: number, next: Answer, request = GET) {
      for (let sent = 0; sent < count; sent += 1) await one(next, request);
    },
  };
}

test.each([
  ['broken connections', BROKEN],
  ['deadlines', new GatewayError('UPSTREAM_TIMEOUT', 'Too late.')],
  ['server errors', 503],
  ['time-outs of its proxies', 408],
])('20 calls of which half are %s open the breaker', async (_what, failure) => {
  const { many, one, events, calls } = setUp();
  await many(10, 200);
  await many(9, failure);
  expect(events()).toEqual([]);
  await one(failure);
  expect(events()).toEqual(['breaker.opened']);
  await many(100, 200);
  expect(calls()).toBe(20);
});

test('while it is open, calls fail at once with the time that is left', async () => {
  const { many, one, clock } = setUp();
  await many(20, BROKEN);
  await clock.advance(2_000);
  expect(await one(200)).toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
    retryable: true,
    retryAfterMs: 3_000,
    mayRetryAtOnce: false,
  });
});

test.each([
  ['fewer than 20 calls', 19, BROKEN],
  ['refusals', 50, 404],
  ['a rate limit', 50, 429],
  ['bad answers', 50, new GatewayError('UPSTREAM_BAD_RESPONSE', 'Too large.')],
  ['callers that left', 50, new Error('gone')],
  ["the gateway's own queue", 50, new GatewayError('OVERLOADED', 'Full.')],
])('%s do not open it', async (_what, count, answer) => {
  const { many, events } = setUp();
  await many(count, answer);
  expect(events()).toEqual([]);
});

test('deadlines of calls that had less than a quarter of the time left do not open it, other failures of theirs do', async () => {
  const { many, clock, events } = setUp();
  const endingIn = (leftMs: number) => ({ ...GET, deadlineAtMs: clock.monotonicMs() + leftMs });
  await many(50, TIMEOUT, endingIn(1_249));
  expect(events()).toEqual([]);
  await many(10, BROKEN, endingIn(1_249));
  await many(10, TIMEOUT, endingIn(1_250));
  expect(events()).toEqual(['breaker.opened']);
});

test('failures that lie ten seconds back no longer count', async () => {
  const { many, clock, events } = setUp();
  await many(19, BROKEN);
  await clock.advance(11_000);
  await many(19, BROKEN);
  expect(events()).toEqual([]);
});

test('after five seconds one probe is let through, and its success closes the breaker', async () => {
  const { many, one, clock, calls, events } = setUp();
  await many(20, BROKEN);
  await clock.advance(5_000);

  let release: (response: HttpResponse) => void = () => {};
  const probe = one(new Promise((resolve) => (release = resolve)));
  const others = await Promise.all(Array.from({ length: 10 }, () => one(200)));
  expect(others).toEqual(
    Array.from({ length: 10 }, () => expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE' })),
  );
  expect(calls()).toBe(21);

  release(answerOf(200));
  expect(await probe).toBe(200);
  expect(await one(200)).toBe(200);
  expect(events()).toEqual(['breaker.opened', 'breaker.closed']);
});

test('a probe that fails opens it again for as long', async () => {
  const { many, one, clock, calls } = setUp();
  await many(20, BROKEN);
  await clock.advance(5_000);
  expect(await one(503)).toBe(503);
  await clock.advance(4_999);
  await one(200);
  expect(calls()).toBe(21);
  await clock.advance(1);
  expect(await one(200)).toBe(200);
});

test('after a probe that hung to its deadline, the next may follow at once', async () => {
  const { many, one, clock } = setUp();
  await many(20, BROKEN);
  await clock.advance(5_000);
  let fail: (error: Error) => void = () => {};
  const probe = one(new Promise((_resolve, reject) => (fail = reject)));
  await clock.advance(5_000);
  expect(await one(200)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterMs: 1_000 });
  fail(new GatewayError('UPSTREAM_TIMEOUT', 'Too late.'));
  await probe;
  expect(await one(200)).toBe(200);
});

test('a probe whose caller left leaves the question to the next', async () => {
  const { many, one, clock } = setUp();
  await many(20, BROKEN);
  await clock.advance(5_000);
  await one(new Error('gone'));
  expect(await one(200)).toBe(200);
});

test('after it closed, old failures do not count against it', async () => {
  const { many, one, clock, events } = setUp();
  await many(20, BROKEN);
  await clock.advance(5_000);
  await one(200);
  await many(10, BROKEN);
  expect(events()).toEqual(['breaker.opened', 'breaker.closed']);
});

test('answers to what was sent before it opened change nothing', async () => {
  const { many, one, clock, events } = setUp();
  let release: (response: HttpResponse) => void = () => {};
  const early = one(new Promise((resolve) => (release = resolve)));
  await many(20, BROKEN);
  await clock.advance(1_000);
  release(answerOf(200));
  expect(await early).toBe(200);
  expect(await one(200)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(events()).toEqual(['breaker.opened']);
});

test('failures of what was sent before it opened do not count once it has closed again', async () => {
  const { many, one, clock, events } = setUp();
  const fail: ((error: Error) => void)[] = [];
  const early = Array.from({ length: 30 }, () =>
    one(new Promise((_resolve, reject) => void fail.push(reject))),
  );
  await many(30, BROKEN);
  await clock.advance(5_000);
  expect(await one(200)).toBe(200);
  for (const each of fail) each(BROKEN);
  await Promise.all(early);
  expect(await one(200)).toBe(200);
  expect(events()).toEqual(['breaker.opened', 'breaker.closed']);
});

test('a probe that does not even end at its deadline does not keep the breaker open for ever', async () => {
  const { many, one, clock, events } = setUp();
  await many(20, BROKEN);
  await clock.advance(5_000);
  let release: (response: HttpResponse) => void = () => {};
  const request = { ...GET, deadlineAtMs: clock.monotonicMs() + 1_000 };
  const probe = one(new Promise((resolve) => (release = resolve)), request);
  await clock.advance(999);
  expect(await one(200)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  await clock.advance(1);
  expect(await one(503)).toBe(503);
  // The later probe's verdict stands.
  release(answerOf(200));
  await probe;
  expect(await one(200)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(events()).toEqual(['breaker.opened', 'breaker.opened']);
});
