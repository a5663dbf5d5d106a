import { expect, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createRetryBudget } from '../../src/http/retry-budget.ts';
import type { HttpRequest } from '../../src/http/send.ts';
import { withRetry } from '../../src/http/with-retry.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createScriptedSend, type ScriptedResponse } from '../support/scripted-send.ts';

const GET: HttpRequest = { route: 'test', method: 'GET', url: new URL('http://127.0.0.1/') };
const BROKEN = new GatewayError('UPSTREAM_UNAVAILABLE', 'The connection broke.');

/** Sends one request, after which the clock runs for a minute. */
function setUp({ script, random = () => 1 }: { script: readonly ScriptedResponse[]; random?: () => number }) {
  const clock = createManualClock();
  const startMs = clock.monotonicMs();
  const { send, requests } = createScriptedSend(...script);
  const sentAtMs: number[] = [];
  const retrying = withRetry({ budget: createRetryBudget(clock), clock, random })((request) => {
    sentAtMs.push(clock.monotonicMs() - startMs);
    return send(request);
  });
  return {
    clock,
    requests,
    sentAtMs,
    async outcome(request: HttpRequest = GET) {
      const [outcome] = await Promise.all([
        retrying(request).then(
          ({ status }) => status,
          (error: unknown) => error,
        ),
        clock.advance(60_000),
      ]);
      return outcome;
    },
    start: (request: HttpRequest = GET) => retrying(request),
  };
}

test.each([
  ['a broken connection', BROKEN],
  ['status 500', 500],
  ['status 503', 503],
  ['status 429', 429],
  ['status 408', 408],
  ['status 425', 425],
  ['status 499', 499],
  ['status 524', 524],
])('after %s a GET is repeated twice, and then given up', async (_what, failure) => {
  const { outcome, requests } = setUp({ script: [failure] });
  expect(await outcome()).toBe(failure);
  expect(requests).toHaveLength(3);
});

test('a repeated request that succeeds is the answer', async () => {
  const { outcome, requests } = setUp({ script: [BROKEN, 503, 200] });
  expect(await outcome()).toBe(200);
  expect(requests).toHaveLength(3);
});

test.each([
  ['an answer', 200],
  ['a refusal', 404],
  ['a 401, which the token policy handles', 401],
  ['a deadline', new GatewayError('UPSTREAM_TIMEOUT', 'Too late.')],
  ['a bad answer', new GatewayError('UPSTREAM_BAD_RESPONSE', 'Too large.')],
  ['refused credentials', new GatewayError('UPSTREAM_AUTH_FAILED', 'Refused.')],
  ['a failure with a pace of its own', BROKEN.with({ mayRetryAtOnce: false })],
  ['a caller that left', new Error('gone')],
])('after %s nothing is repeated', async (_what, result) => {
  const { outcome, requests } = setUp({ script: [result] });
  expect(await outcome()).toBe(result);
  expect(requests).toHaveLength(1);
});

test('a POST is never repeated', async () => {
  const { outcome, requests } = setUp({ script: [503] });
  expect(await outcome({ ...GET, method: 'POST' })).toBe(503);
  expect(requests).toHaveLength(1);
});

test('the pauses have full jitter, below 100 ms and then 200 ms', async () => {
  const longest = setUp({ script: [503], random: () => 1 });
  await longest.outcome();
  expect(longest.sentAtMs).toEqual([0, 100, 300]);
  const shortest = setUp({ script: [503], random: () => 0 });
  await shortest.outcome();
  expect(shortest.sentAtMs).toEqual([0, 0, 0]);
});

test("the upstream's Retry-After is kept, in seconds and as a date", async () => {
  const seconds = setUp({ script: [{ status: 503, headers: { 'retry-after': '2' } }] });
  await seconds.outcome();
  expect(seconds.sentAtMs).toEqual([0, 2_000, 4_000]);

  // The manual clock starts at 09:30:00.
  const date = setUp({
    script: [{ status: 429, headers: { 'retry-after': 'Sat, 31 Jan 2026 09:30:03 GMT' } }],
  });
  await date.outcome();
  expect(date.sentAtMs).toEqual([0, 3_000, 3_200]);
});

test('a pause that would end after the deadline is not begun', async () => {
  const { start, clock, requests } = setUp({ script: [{ status: 503, headers: { 'retry-after': '5' } }] });
  const answer = await start({ ...GET, deadlineAtMs: clock.monotonicMs() + 5_000 });
  expect(answer.status).toBe(503);
  expect(requests).toHaveLength(1);
});

test('nothing is repeated for a caller that left in the pause', async () => {
  const { start, clock, requests } = setUp({ script: [503] });
  const caller = new AbortController();
  const answer = start({ ...GET, signal: caller.signal }).catch((error: unknown) => error);
  await clock.advance(10);
  caller.abort(new Error('gone'));
  await clock.advance(1_000);
  expect(await answer).toEqual(new Error('gone'));
  expect(requests).toHaveLength(1);
});

test('a caller that leaves in the pause is let go at once', async () => {
  const { start, clock } = setUp({ script: [{ status: 503, headers: { 'retry-after': '5' } }] });
  const caller = new AbortController();
  const answer = start({ ...GET, signal: caller.signal }).catch((error: unknown) => error);
  await clock.advance(10);
  caller.abort(new Error('gone'));
  expect(await answer).toEqual(new Error('gone'));
});

test('retries stay within a fifth of what is answered in a second', async () => {
  const answers = Array.from({ length: 1_000 }, (_, index) => (index % 2 === 0 ? 200 : 503));
  const { start, clock, requests } = setUp({ script: [...answers, 503], random: () => 0 });
  for (let count = 0; count < 1_000; count += 1) void start();
  await clock.advance(999);
  expect(requests.length).toBeLessThanOrEqual(1_000 + 500 * 0.2);
  expect(requests.length).toBeGreaterThan(1_000 + 500 * 0.15);
});

test('where nothing is answered, retries shrink to three a second', async () => {
  const { start, clock, requests } = setUp({ script: [503] });
  for (let second = 0; second < 5; second += 1) {
    for (let count = 0; count < 200; count += 1) void start();
    await clock.advance(1_000);
  }
  expect(requests.length).toBeLessThanOrEqual(1_000 + 5 * 3);
});

test.each([
  ['deadlines', new GatewayError('UPSTREAM_TIMEOUT', 'Too late.')],
  ["the breaker's refusals", BROKEN.with({ mayRetryAtOnce: false })],
  ["the queue's refusals", new GatewayError('OVERLOADED', 'Full.')],
  ['refused credentials', new GatewayError('UPSTREAM_AUTH_FAILED', 'Refused.')],
  ['bad answers of the token endpoint', new GatewayError('UPSTREAM_BAD_RESPONSE', 'Odd.')],
  ['callers that left', new Error('gone')],
])('%s are no answers, so they earn no retries', async (_what, failure) => {
  const silence = Array.from({ length: 200 }, () => failure);
  const { start, clock, requests } = setUp({ script: [...silence, 503], random: () => 0 });
  for (let count = 0; count < 200; count += 1) start().catch(() => {});
  await clock.advance(0);
  for (let count = 0; count < 20; count += 1) void start();
  await clock.advance(500);
  expect(requests).toHaveLength(200 + 20 + 3);
});

test('a little traffic may be repeated too: three times a second', async () => {
  const { start, clock, requests } = setUp({ script: [503] });
  void start();
  void start();
  await clock.advance(999);
  expect(requests).toHaveLength(2 + 3);
});
