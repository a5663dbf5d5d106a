import { expect, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createRetryBudget } from '../../src/http/retry-budget.ts';
import { applyPolicies, type HttpRequest, type HttpResponse } from '../../src/http/send.ts';
import { withRetry } from '../../src/http/with-retry.ts';
import { withValidation } from '../../src/http/with-validation.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createScriptedSend, type ScriptedAnswer } from '../support/scripted-send.ts';

const ALWAYS_VALIDATED = 'max-age=0, must-revalidate';
const DATE = 'Sat, 31 Jan 2026 09:00:00 GMT';

function setUp(script: readonly ScriptedAnswer[], maxBytes = 100_000) {
  const { send, requests } = createScriptedSend(...script);
  const validating = withValidation({ maxBytes })(send);
  return {
    requests,
    conditions: () => requests.map(({ headers }) => headers),
    get: (path = '/', headers: HttpRequest['headers'] = { accept: 'a' }) =>
      validating({ method: 'GET', url: new URL(path, 'http://127.0.0.1/'), headers }),
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
  [{ 'last-modified': DATE }, { 'if-modified-since': DATE }],
  [{ etag: '"é"', 'last-modified': DATE }, { 'if-modified-since': DATE }],
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

test('a 304 for another answer is not believed: the whole is asked for, once', async () => {
  const { get, conditions } = setUp([
    page('[1]', { etag: '"1"' }),
    unchanged({ etag: '"2"' }),
    page('[2]', { etag: '"2"' }),
  ]);
  await get();
  expect((await get()).body.toString()).toBe('[2]');
  expect(conditions()).toEqual([{ accept: 'a' }, { accept: 'a', 'if-none-match': '"1"' }, { accept: 'a' }]);
});

test('a failure leaves what is remembered, and a repeated attempt asks the same', async () => {
  const broken = new GatewayError('UPSTREAM_UNAVAILABLE', 'Broken.');
  const { send, requests } = createScriptedSend(page('[1]', { etag: '"1"' }), 503, broken, unchanged());
  const clock = createManualClock();
  const retry = withRetry({ budget: createRetryBudget(clock), clock, random: () => 0 });
  const validating = applyPolicies(send, retry, withValidation({ maxBytes: 100_000 }));
  const request: HttpRequest = { method: 'GET', url: new URL('http://127.0.0.1/') };
  await validating(request);
  const second = validating(request);
  await clock.advance(1_000);
  expect((await second).body.toString()).toBe('[1]');
  expect(requests.slice(1).map(({ headers }) => headers)).toEqual(
    Array.from({ length: 3 }, () => ({ 'if-none-match': '"1"' })),
  );
});

test('what is remembered is bounded by the memory it takes', async () => {
  const large = page('x'.repeat(30_000), { etag: '"1"' });
  const { get, conditions } = setUp([large], 100_000);
  for (const path of ['/1', '/2', '/3', '/4', '/4', '/1']) await get(path);
  const isConditional = conditions().map((headers) => headers !== undefined && 'if-none-match' in headers);
  expect(isConditional).toEqual([false, false, false, false, true, false]);
});

test('a body that is a slice of a larger block counts as the block', async () => {
  const slice = Buffer.alloc(90_000).subarray(0, 10);
  const { get, conditions } = setUp([{ ...page('', { etag: '"1"' }), body: slice }], 100_000);
  for (const path of ['/1', '/2', '/1']) await get(path);
  expect(conditions().at(-1)).toEqual({ accept: 'a' });
});
