import { expect, test } from 'vitest';
import type { GatewayEvent } from '../../src/events.ts';
import { createPause } from '../../src/http/create-pause.ts';
import { applyPolicies, type HttpRequest } from '../../src/http/send.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createScriptedSend, type ScriptedResponse } from '../support/scripted-send.ts';

function setUp(...script: readonly ScriptedResponse[]) {
  const clock = createManualClock();
  const events: GatewayEvent[] = [];
  const { send, requests } = createScriptedSend(...script);
  const pause = createPause({ clock, report: (event) => events.push(event) });
  const pausing = applyPolicies(send, pause.keep, pause.learn);
  return {
    clock,
    events,
    requests,
    /** Asks for a page, for at most `timeoutMs`. */
    get(path: string, timeoutMs = 1_000, signal?: AbortSignal): Promise<unknown> {
      const request: HttpRequest = {
        route: 'test',
        method: 'GET',
        url: new URL(path, 'http://127.0.0.1/'),
        deadlineAtMs: clock.monotonicMs() + timeoutMs,
        ...(signal && { signal }),
      };
      return pausing(request).then(
        ({ status }) => status,
        (error: unknown) => error,
      );
    },
  };
}

const wait = (status: number, retryAfter: string) => ({ status, headers: { 'retry-after': retryAfter } });

test.each([
  [429, 'UPSTREAM_RATE_LIMITED'],
  [503, 'UPSTREAM_UNAVAILABLE'],
])('a Retry-After of a %i counts for all pages, which learn the time that is left', async (status, code) => {
  const { get, clock, requests, events } = setUp(wait(status, '30'), 200);
  expect(await get('/0')).toBe(status);
  await clock.advance(10_000);
  for (let page = 1; page <= 40; page += 1) {
    expect(await get(`/${page}`)).toMatchObject({ code, retryAfterMs: 20_000, mayRetryAtOnce: false });
  }
  expect(requests).toHaveLength(1);
  expect(events).toEqual([{ type: 'upstream.paused', status, retryInMs: 30_000 }]);

  await clock.advance(20_000);
  expect(await get('/1')).toBe(200);
});

test.each([
  ['a 429 without the header', 429, undefined],
  ['a wait that is over', 503, '0'],
  ['the header of an answer that is no failure', 200, '30'],
  ['the header of a refusal', 404, '30'],
])('%s is no pause', async (_what, status, retryAfter) => {
  const { get, requests, events } = setUp({ status, headers: { 'retry-after': retryAfter } }, 200);
  expect(await get('/0')).toBe(status);
  expect(await get('/1')).toBe(200);
  expect(requests).toHaveLength(2);
  expect(events).toEqual([]);
});

test('a call whose deadline lies behind the pause waits for its end', async () => {
  const { get, clock, requests } = setUp(wait(503, '2'), 200);
  await get('/0');
  const waiting = get('/1', 2_001);
  await clock.advance(1_999);
  expect(requests).toHaveLength(1);
  await clock.advance(1);
  expect(await waiting).toBe(200);
});

test('what was under way when the pause began may end it later, never earlier', async () => {
  const late: ((status: number, retryAfter: string) => void)[] = [];
  const inFlight = () =>
    new Promise<never>((resolve) => {
      late.push((status, retryAfter) =>
        resolve({ status, headers: { 'retry-after': retryAfter }, body: Buffer.from('') } as never),
      );
    });
  const { get, clock, requests, events } = setUp(inFlight(), inFlight(), wait(503, '5'), 200);
  const [first, second] = [get('/0'), get('/1')];
  await get('/2');
  const waiting = get('/3', 60_000);
  late[0]?.(429, '20');
  late[1]?.(429, '1');
  await Promise.all([first, second]);
  await clock.advance(19_999);
  expect(requests).toHaveLength(3);
  await clock.advance(1);
  expect(await waiting).toBe(200);
  expect(events).toHaveLength(1);
});

test('a caller that leaves in the pause is let go at once, and not sent', async () => {
  const { get, clock, requests } = setUp(wait(503, '5'), 200);
  await get('/0');
  const caller = new AbortController();
  const waiting = get('/1', 60_000, caller.signal);
  await clock.advance(1_000);
  caller.abort(new Error('gone'));
  expect(await waiting).toEqual(new Error('gone'));
  await clock.advance(10_000);
  expect(requests).toHaveLength(1);
});
