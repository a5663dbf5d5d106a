import { expect, onTestFinished, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createSender } from '../../src/http/create-send.ts';
import { createRetryBudget } from '../../src/http/retry-budget.ts';
import { applyPolicies, type HttpRequest, type HttpResponse } from '../../src/http/send.ts';
import { withRetry } from '../../src/http/with-retry.ts';
import { withValidation } from '../../src/http/with-validation.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { startRawServer } from '../support/raw-server.ts';
import { createScriptedSend, type ScriptedResponse } from '../support/scripted-send.ts';

const ALWAYS_VALIDATED = 'max-age=0, must-revalidate';
const DATE = 'Sat, 31 Jan 2026 09:00:00 GMT';
const SECOND_LATER = 'Sat, 31 Jan 2026 09:00:01 GMT';

function setUp(script: readonly ScriptedResponse[], maxBytes = 100_000) {
  const { send, requests } = createScriptedSend(...script);
  const validating = withValidation({ maxBytes })(send);
  return {
    requests,
    conditions: () => requests.map(({ headers }) => headers),
    get: (path = '/', headers: HttpRequest['headers'] = { accept: 'a' }) =>
      validating({ route: 'test', method: 'GET', url: new URL(path, 'http://127.0.0.1/'), headers }),
  };
}

function page(text: string, headers: HttpResponse['headers']): HttpResponse {
  return { status: 200, body: Buffer.from(text), headers };
}

const unchanged = (headers: HttpResponse['headers'] = {}) => ({
  status: 304,
  headers,
  body: Buffer.alloc(0),
});

test.each([
  [{ etag: '"1"' }, { 'if-none-match': '"1"' }],
  [{ etag: 'W/"1"' }, { 'if-none-match': 'W/"1"' }],
  [{ etag: '"1"', 'last-modified': DATE }, { 'if-none-match': '"1"' }],
  [{ 'last-modified': DATE, date: SECOND_LATER }, { 'if-modified-since': DATE }],
  [{ etag: '"é"', 'last-modified': DATE, date: SECOND_LATER }, { 'if-modified-since': DATE }],
])(
  'after %j, only what has changed is asked for, and a 304 is a 200 with that body',
  async (given, condition) => {
    const headers = { ...given, 'cache-control': ALWAYS_VALIDATED };
    const { get, conditions } = setUp([page('[1]', headers), unchanged(), unchanged(), page('[2]', headers)]);
    const first = await get();
    expect(await get()).toEqual(first);
    expect(await get()).toEqual(first);
    expect((await get()).body.toString()).toBe('[2]');
    const conditional = { accept: 'a', ...condition };
    expect(conditions()).toEqual([{ accept: 'a' }, conditional, conditional, conditional]);
  },
);

test("a 304's headers replace those that came before, but for what belongs to the body", async () => {
  const headers = {
    etag: '"1"',
    age: '9',
    'cache-control': 'max-age=5',
    'content-type': 'a/b',
    'x-total-count': '3',
  };
  const update = {
    etag: '"1"',
    'cache-control': ALWAYS_VALIDATED,
    'content-type': 'c/d',
    'content-length': '0',
  };
  const { get } = setUp([page('[1]', headers), unchanged(update), unchanged()]);
  await get();
  const merged = {
    etag: '"1"',
    'cache-control': ALWAYS_VALIDATED,
    'content-type': 'a/b',
    'x-total-count': '3',
  };
  expect((await get()).headers).toEqual(merged);
  expect((await get()).headers).toEqual(merged);
});

test('nothing is remembered for another URL', async () => {
  const { get, conditions } = setUp([page('[1]', { etag: '"1"' })]);
  await get('/?offset=0');
  await get('/?offset=20');
  expect(conditions()).toEqual([{ accept: 'a' }, { accept: 'a' }]);
});

test.each([
  ['no-store', page('[1]', { etag: '"1"', 'cache-control': 'no-store' })],
  ['Vary: *', page('[1]', { etag: '"1"', vary: '*' })],
  ['no validator', page('[1]', {})],
  ['a Last-Modified in the second of its Date', page('[1]', { 'last-modified': DATE, date: DATE })],
  ['a Last-Modified and no Date', page('[1]', { 'last-modified': DATE })],
  ['a Last-Modified that is no date', page('[1]', { 'last-modified': 'now', date: SECOND_LATER })],
  ['a page for people', page('<!doctype html><h1>Maintenance</h1>', { etag: '"1"' })],
  ['such a page that says it is JSON', page('<html>', { etag: '"1"', 'content-type': 'application/json' })],
  ['nothing in it', page('', { etag: '"1"' })],
  ['a status that is no 200', { ...page('[1]', { etag: '"1"' }), status: 206 }],
])('an answer with %s is not remembered', async (_what, answer) => {
  const { get, conditions } = setUp([answer]);
  await get();
  await get();
  expect(conditions()).toEqual([{ accept: 'a' }, { accept: 'a' }]);
});

test.each([
  ['an answer', page('[2]', { etag: '"2"', 'cache-control': 'no-store' })],
  ['a 304', unchanged({ 'cache-control': 'no-store' })],
])('%s that says no-store ends what is remembered', async (_what, answer) => {
  const { get, conditions } = setUp([page('[1]', { etag: '"1"' }), answer, 200]);
  await get();
  await get();
  await get();
  expect(conditions().at(-1)).toEqual({ accept: 'a' });
});

test('a 304 that nothing was remembered for stays one', async () => {
  const { get } = setUp([unchanged()]);
  expect((await get()).status).toBe(304);
});

test('two changes within one second of Last-Modified are not hidden', async () => {
  const changed = { 'last-modified': DATE, date: DATE };
  const { send, requests } = createScriptedSend(page('[1]', changed), page('[2]', changed));
  // A server that knows whole seconds only.
  const validating = withValidation({ maxBytes: 100_000 })(async (request) =>
    request.headers?.['if-modified-since'] === DATE ? unchanged() : send(request),
  );
  const get = async () =>
    (await validating({ route: 'test', method: 'GET', url: new URL('http://127.0.0.1/') })).body.toString();
  expect([await get(), await get()]).toEqual(['[1]', '[2]']);
  expect(requests).toHaveLength(2);
});

test.each(['"2"', 'W/"1"', '"1-gzip"'])(
  'a 304 is believed whatever ETag it bears, here %s, since one was asked about',
  async (etag) => {
    const { get, conditions } = setUp([page('[1]', { etag: '"1"' }), unchanged({ etag }), unchanged()]);
    await get();
    expect((await get()).body.toString()).toBe('[1]');
    await get();
    expect(conditions().slice(1)).toEqual(
      Array.from({ length: 2 }, () => ({ accept: 'a', 'if-none-match': '"1"' })),
    );
  },
);

test('a 304 with another Last-Modified than was asked about is not believed: the whole is asked for, once', async () => {
  const headers = { 'last-modified': DATE, date: SECOND_LATER };
  const { get, conditions } = setUp([
    page('[1]', headers),
    unchanged({ 'last-modified': DATE }),
    unchanged({ 'last-modified': SECOND_LATER }),
    page('[2]', {}),
  ]);
  await get();
  expect((await get()).body.toString()).toBe('[1]');
  expect((await get()).body.toString()).toBe('[2]');
  await get();
  const conditional = { accept: 'a', 'if-modified-since': DATE };
  expect(conditions()).toEqual([{ accept: 'a' }, conditional, conditional, { accept: 'a' }, { accept: 'a' }]);
});

test('a page of maintenance with 200 never answers for the list afterwards', async () => {
  const headers = { 'last-modified': DATE, date: SECOND_LATER };
  const { get, conditions } = setUp([
    page('[1]', headers),
    page('<html>Maintenance</html>', { ...headers, 'content-type': 'text/html' }),
    page('[2]', headers),
  ]);
  for (const text of ['[1]', '<html>Maintenance</html>', '[2]'])
    expect((await get()).body.toString()).toBe(text);
  expect(conditions().at(-1)).toEqual({ accept: 'a' });
});

test('a failure leaves what is remembered, and a repeated attempt asks the same', async () => {
  const broken = new GatewayError('UPSTREAM_UNAVAILABLE', 'Broken.');
  const { send, requests } = createScriptedSend(page('[1]', { etag: '"1"' }), 503, broken, unchanged());
  const clock = createManualClock();
  const retry = withRetry({ budget: createRetryBudget(clock), clock, random: () => 0 });
  const validating = applyPolicies(send, retry, withValidation({ maxBytes: 100_000 }));
  const request: HttpRequest = { route: 'test', method: 'GET', url: new URL('http://127.0.0.1/') };
  await validating(request);
  const second = validating(request);
  await clock.advance(1_000);
  expect((await second).body.toString()).toBe('[1]');
  expect(requests.slice(1).map(({ headers }) => headers)).toEqual(
    Array.from({ length: 3 }, () => ({ 'if-none-match': '"1"' })),
  );
});

test('what is remembered is bounded by the memory it takes', async () => {
  const large = page(`[${'1'.repeat(30_000)}]`, { etag: '"1"' });
  const { get, conditions } = setUp([large], 100_000);
  for (const path of ['/1', '/2', '/3', '/4', '/4', '/1']) await get(path);
  const isConditional = conditions().map((headers) => headers !== undefined && 'if-none-match' in headers);
  expect(isConditional).toEqual([false, false, false, false, true, false]);
});

test('a body that is a slice of a larger block counts as the block', async () => {
  const slice = Buffer.alloc(90_000, '[').subarray(0, 10);
  const { get, conditions } = setUp([{ ...page('', { etag: '"1"' }), body: slice }], 100_000);
  for (const path of ['/1', '/2', '/1']) await get(path);
  expect(conditions().at(-1)).toEqual({ accept: 'a' });
});

test('a 304 that states the length of the 200 is one all the same, and the next request is answered', async () => {
  const { url } = await startRawServer((socket, number) => {
    const [line, body] = number % 2 === 1 ? ['200 OK', `[${number}]`] : ['304 Not Modified', ''];
    socket.write(`HTTP/1.1 ${line}\r\nETag: "1"\r\nContent-Length: 3\r\n\r\n${body}`);
  });
  const sender = createSender({ maxConnections: 1, maxBodyBytes: 100 });
  onTestFinished(() => sender.close());
  const get = applyPolicies(sender.send, withValidation({ maxBytes: 100_000 }));
  const answers: string[] = [];
  for (let time = 0; time < 5; time += 1) {
    const { status, body } = await get({ route: 'test', method: 'GET', url });
    answers.push(`${status} ${body.toString()}`);
  }
  expect(answers).toEqual(['200 [1]', '200 [1]', '200 [3]', '200 [3]', '200 [5]']);
});
