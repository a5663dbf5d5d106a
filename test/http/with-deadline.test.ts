import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import type { HttpRequest, HttpResponse } from '../../src/http/send.ts';
import { withDeadline } from '../../src/http/with-deadline.ts';
import { createManualClock, settle } from '../support/manual-clock.ts';
import { answerOf } from '../support/scripted-send.ts';

const GET: HttpRequest = { route: 'test', method: 'GET', url: new URL('http://127.0.0.1/') };

/** A deadline of five seconds over a `send` that does not look at its signal. */
function setUp() {
  const clock = createManualClock();
  const requests: HttpRequest[] = [];
  let end: (response: HttpResponse | Error) => void = () => {};
  const send = withDeadline({ clock, timeoutMs: 5_000 })(async (request) => {
    requests.push(request);
    return new Promise((resolve, reject) => {
      end = (response) => (response instanceof Error ? reject(response) : resolve(response));
    });
  });
  return {
    clock,
    requests,
    end: (response: HttpResponse | Error) => end(response),
    /** How a call ends, once it does. */
    call(request: Partial<HttpRequest> = {}) {
      const outcomes: unknown[] = [];
      const keep = (outcome: unknown) => void outcomes.push(outcome);
      send({ ...GET, ...request }).then(keep, keep);
      return outcomes;
    },
  };
}

test.each([
  ['its own', undefined, 5_000],
  ["the request's, which is nearer", 1_234, 1_234],
  ["its own, where the request's is farther", 9_000, 5_000],
  ["the request's, which is over", -1, 0],
])(
  'a call that does not end is rejected at the nearer deadline, and says which: %s',
  async (_which, inMs, atMs) => {
    const { clock, requests, call } = setUp();
    const startMs = clock.monotonicMs();
    const outcomes = call(inMs === undefined ? {} : { deadlineAtMs: startMs + inMs });
    await clock.advance(Math.max(0, atMs - 1));
    expect(outcomes).toHaveLength(atMs === 0 ? 1 : 0);
    await clock.advance(1);
    const timeout = {
      code: 'UPSTREAM_TIMEOUT',
      message: `GoSpeech did not answer within ${atMs} ms.`,
      responseLost: true,
    };
    expect(outcomes).toEqual([expect.objectContaining(timeout)]);
    // What is below knows the deadline, and is asked to stop for the same reason.
    expect(requests[0]?.deadlineAtMs).toBe(startMs + Math.min(inMs ?? 5_000, 5_000));
    expect(requests[0]?.signal?.reason).toBe(outcomes[0]);
  },
);

test("the caller's abort ends the call at once, with its reason", async () => {
  const { clock, requests, call } = setUp();
  const controller = new AbortController();
  const outcomes = call({ signal: controller.signal });
  await clock.advance(4_999);
  controller.abort('gone');
  await clock.advance(10_000);
  expect(outcomes).toEqual(['gone']);
  expect(requests[0]?.signal?.reason).toBe('gone');
});

test('a call whose caller has left already is not sent', async () => {
  const { clock, requests, call } = setUp();
  const outcomes = call({ signal: AbortSignal.abort('gone') });
  await clock.advance(10_000);
  expect(outcomes).toEqual(['gone']);
  expect(requests).toEqual([]);
});

test.each([
  ['answered', 0, answerOf(200)],
  ['failed', 0, new Error('broken')],
  ['out of time', 5_000, answerOf(200)],
])(
  "no listener is left on the caller's signal of a call that is %s, nor is it aborted later",
  async (_how, waitMs, response) => {
    const { clock, requests, call, end } = setUp();
    const { signal } = new AbortController();
    const outcomes = call({ signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await clock.advance(waitMs);
    end(response);
    await settle();
    expect(outcomes).toHaveLength(1);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await clock.advance(10_000);
    expect(requests[0]?.signal?.aborted).toBe(waitMs > 0);
  },
);
