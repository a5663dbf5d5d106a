import { expect, test } from 'vitest';
import { parseAddressRange } from '../../src/address-range.ts';
import { startGateway, type GatewayOverrides } from '../support/gateway-harness.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { post, withHeaders } from './attack.ts';
import { API_KEYS, LISTER_KEY, OPERATOR_KEY } from './keys.ts';
import { send, type WireRequest } from '../support/wire.ts';

/** A gateway that takes three requests at once and one a second, on a clock that moves when told. */
async function setUp(access: GatewayOverrides['access'] = {}) {
  const clock = createManualClock();
  const { url, sandbox } = await startGateway({
    clock,
    access: { rate: { perSecond: 1, burst: 3 }, ...access },
  });
  const ask = (more: WireRequest = {}) =>
    send(url, { ...more, ...withHeaders(post('{ __typename }'), more.headers) });
  return {
    url,
    clock,
    sandbox,
    ask,
    async statuses(count: number, more?: WireRequest) {
      const statuses: number[] = [];
      while (statuses.length < count) statuses.push((await ask(more)).status);
      return statuses;
    },
  };
}

test('beyond its burst a caller gets 429 with the time to wait, and nothing is executed', async () => {
  const { url, statuses, sandbox } = await setUp();
  expect(await statuses(3)).toEqual([200, 200, 200]);
  const refused = await send(url, post('{ worklist { total } token { tokenType } }'));
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
  expect(JSON.parse(refused.body)).toEqual({
    errors: [
      {
        message: 'You send more requests than this gateway takes from one caller.',
        extensions: { code: 'RATE_LIMITED', retryable: true, retryAfterMs: 1_000 },
      },
    ],
  });
  expect(sandbox.requests()).toEqual([]);
});

test('a request is taken again at the very time that was said, and being refused costs nothing', async () => {
  const { clock, ask, statuses } = await setUp();
  await statuses(3);
  await clock.advance(400);
  expect(await statuses(5)).toEqual([429, 429, 429, 429, 429]);
  const refused = await ask();
  expect([refused.headers['retry-after'], refused.body]).toEqual(['1', expect.stringContaining(':600}')]);
  await clock.advance(599);
  expect(await statuses(1)).toEqual([429]);
  await clock.advance(1);
  expect(await statuses(2)).toEqual([200, 429]);
});

test('however long the rest, no more than the burst is taken at once', async () => {
  const { clock, statuses } = await setUp();
  await statuses(4);
  await clock.advance(86_400_000);
  expect(await statuses(4)).toEqual([200, 200, 200, 429]);
});

test('the wall clock gives and takes nothing', async () => {
  const { clock, statuses } = await setUp();
  await statuses(3);
  clock.jump(86_400_000);
  expect(await statuses(1)).toEqual([429]);
  clock.jump(-86_400_000);
  await clock.advance(1_000);
  expect(await statuses(1)).toEqual([200]);
});

test('callers do not share, wherever they come from', async () => {
  const { statuses } = await setUp({ callers: API_KEYS });
  const lister = { headers: { 'x-api-key': LISTER_KEY } };
  expect(await statuses(4, lister)).toEqual([200, 200, 200, 429]);
  expect(await statuses(4, { headers: { 'x-api-key': OPERATOR_KEY } })).toEqual([200, 200, 200, 429]);
  expect(await statuses(1, { ...lister, localAddress: '127.0.0.2' })).toEqual([429]);
  expect(await statuses(1, { headers: { authorization: `Bearer ${LISTER_KEY}` } })).toEqual([429]);
});

test('who gives no name is told by address, and cannot choose another', async () => {
  const { statuses } = await setUp();
  expect(await statuses(4)).toEqual([200, 200, 200, 429]);
  const headers = { 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.1', 'x-real-ip': '192.0.2.1' };
  expect(await statuses(1, { headers })).toEqual([429]);
  expect(await statuses(4, { localAddress: '127.0.0.2' })).toEqual([200, 200, 200, 429]);
});

test('a stranger cannot use up what a caller may send', async () => {
  const { statuses } = await setUp({ callers: API_KEYS });
  expect(await statuses(4, { headers: { 'x-api-key': 'wrong' } })).toEqual([401, 401, 401, 401]);
  expect(await statuses(3, { headers: { 'x-api-key': OPERATOR_KEY } })).toEqual([200, 200, 200]);
});

test('health checks are not counted', async () => {
  const { url, statuses } = await setUp();
  await statuses(4);
  expect((await send(url, { path: '/livez' })).status).toBe(200);
  // There is no token yet.
  expect((await send(url, { path: '/readyz' })).status).toBe(503);
});

test('the playground is counted by address, also where callers have names, and by nobody else', async () => {
  const { statuses } = await setUp({ callers: API_KEYS });
  const page = {
    method: 'GET',
    body: undefined,
    headers: { accept: 'text/html', 'x-api-key': OPERATOR_KEY },
  };
  expect(await statuses(4, page)).toEqual([200, 200, 200, 429]);
  expect(await statuses(1, { ...page, localAddress: '127.0.0.2' })).toEqual([200]);
  expect(await statuses(3, { headers: { 'x-api-key': OPERATOR_KEY } })).toEqual([200, 200, 200]);
});

test('behind a trusted proxy clients are told by their own address, and cannot choose another', async () => {
  const { statuses } = await setUp({ trustedProxies: parseAddressRange('127.0.0.1') ?? [] });
  const from = (chain: string) => ({ headers: { 'x-forwarded-for': chain } });
  expect(await statuses(4, from('192.0.2.1'))).toEqual([200, 200, 200, 429]);
  expect(await statuses(1, from('192.0.2.2'))).toEqual([200]);
  expect(await statuses(1, from('198.51.100.9, 192.0.2.1'))).toEqual([429]);
  expect(await statuses(4, { ...from('192.0.2.3'), localAddress: '127.0.0.2' })).toEqual([
    200, 200, 200, 429,
  ]);
  expect(await statuses(1, { ...from('192.0.2.4'), localAddress: '127.0.0.2' })).toEqual([429]);
});
