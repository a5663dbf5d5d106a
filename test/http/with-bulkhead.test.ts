import { expect, test } from 'vitest';
import type { GatewayEvent } from '../../src/events.ts';
import type { HttpRequest, HttpResponse } from '../../src/http/send.ts';
import { withBulkhead } from '../../src/http/with-bulkhead.ts';
import { settle } from '../support/manual-clock.ts';
import { answerOf } from '../support/scripted-send.ts';

function get(path: string, signal?: AbortSignal): HttpRequest {
  return { route: 'test', method: 'GET', url: new URL(path, 'http://127.0.0.1/'), ...(signal && { signal }) };
}

function setUp(limits: { maxRunning: number; maxWaiting: number }) {
  const events: GatewayEvent[] = [];
  const running: { readonly path: string; readonly end: (status: number) => void }[] = [];
  const begun: string[] = [];
  const send = withBulkhead({ ...limits, report: (event) => events.push(event) })((request) => {
    begun.push(request.url.pathname);
    return new Promise<HttpResponse>((resolve) => {
      const end = (status: number) => resolve(answerOf(status));
      running.push({ path: request.url.pathname, end });
    });
  });
  return { send, events, running, begun };
}

test('no more run at once than may, and the others follow in their order', async () => {
  const { send, running, begun, events } = setUp({ maxRunning: 2, maxWaiting: 10 });
  const sent = ['/1', '/2', '/3', '/4'].map((path) => send(get(path)));
  await settle();
  expect(begun).toEqual(['/1', '/2']);
  running[1]?.end(200);
  await settle();
  expect(begun).toEqual(['/1', '/2', '/3']);
  running[0]?.end(200);
  running[2]?.end(200);
  await settle();
  running[3]?.end(200);
  expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(events).toEqual([
    { type: 'upstream.queued', waiting: 1 },
    { type: 'upstream.queued', waiting: 2 },
  ]);
});

test('what has waited for longest is refused where the queue is full', async () => {
  const { send, begun } = setUp({ maxRunning: 1, maxWaiting: 1 });
  void send(get('/1'));
  const oldest = send(get('/2'));
  void send(get('/3'));
  await expect(oldest).rejects.toMatchObject({
    code: 'OVERLOADED',
    retryable: true,
    retryAfterMs: 1_000,
    mayRetryAtOnce: false,
  });
  expect(begun).toEqual(['/1']);
});

test('in a queue longer than the number of those running, the newest goes first', async () => {
  const { send, running, begun } = setUp({ maxRunning: 1, maxWaiting: 10 });
  for (const path of ['/1', '/2', '/3', '/4']) void send(get(path));
  for (let ended = 0; ended < 4; ended += 1) {
    running[ended]?.end(200);
    await settle();
  }
  expect(begun).toEqual(['/1', '/4', '/3', '/2']);
});

test('a caller that leaves gives up its place', async () => {
  const { send, running, begun } = setUp({ maxRunning: 1, maxWaiting: 1 });
  const caller = new AbortController();
  void send(get('/1'));
  const left = send(get('/2', caller.signal));
  caller.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  void send(get('/3'));
  running[0]?.end(200);
  await settle();
  expect(begun).toEqual(['/1', '/3']);
});

test('a caller that has already left is not sent', async () => {
  const { send, begun } = setUp({ maxRunning: 1, maxWaiting: 1 });
  await expect(send(get('/1', AbortSignal.abort(new Error('gone'))))).rejects.toThrow('gone');
  expect(begun).toEqual([]);
});

test.each([0, 1, 2, 3, 4, 5])(
  'a caller that leaves %i ticks after its turn came is not sent',
  async (ticks) => {
    let endFirst: (response: HttpResponse) => void = () => {};
    const send = withBulkhead({ maxRunning: 1, maxWaiting: 1, report: () => {} })((request) => {
      if (request.signal === undefined) return new Promise((resolve) => (endFirst = resolve));
      return Promise.reject(new Error(request.signal.aborted ? 'sent though gone' : 'sent in time'));
    });
    const caller = new AbortController();
    void send(get('/1'));
    const second = send(get('/2', caller.signal)).catch((error: unknown) => error);
    await settle();
    endFirst(answerOf(200));
    for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
    caller.abort(new Error('gone'));
    expect(await second).not.toEqual(new Error('sent though gone'));
  },
);

test('a failure frees its place', async () => {
  let fails = true;
  const send = withBulkhead({ maxRunning: 1, maxWaiting: 1, report: () => {} })(async () => {
    if (fails) throw new Error('broken');
    return answerOf(200);
  });
  await expect(send(get('/1'))).rejects.toThrow('broken');
  fails = false;
  expect((await send(get('/2'))).status).toBe(200);
});
