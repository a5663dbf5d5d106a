import { expect, test } from 'vitest';
import type { Gateway } from '../../src/create-gateway.ts';
import { API_KEYS } from '../security/keys.ts';
import { get, post, postText, withHeaders } from '../security/attack.ts';
import { send, type WireRequest } from '../support/wire.ts';
import { startGateway, type GatewayOverrides } from '../support/gateway-harness.ts';

const QUERY = '{ __typename }';
const APP = 'https://app.example';

/** Every kind of answer to a request for GraphQL. */
const ANSWERS: readonly (readonly [
  what: string,
  request: WireRequest,
  status: number,
  access?: GatewayOverrides['access'],
])[] = [
  ['data', post(QUERY), 200],
  ['data to a GET', get({ query: QUERY }), 200],
  ['a document that is none', post('{'), 400],
  ['JSON that is none', postText('{'), 400],
  ['a host of another', withHeaders(post(QUERY), { host: 'evil.example' }), 421],
  ['a method that is none', { ...post(QUERY), method: 'PUT' }, 405],
  ['a body of another type', withHeaders(post(QUERY), { 'content-type': 'text/plain' }), 415],
  ['a body that is too large', postText(JSON.stringify({ query: ' '.repeat(200_000) })), 413],
  [
    'a body in pieces that is too large',
    withHeaders(postText(JSON.stringify({ query: ' '.repeat(200_000) })), {
      'content-length': undefined,
      'transfer-encoding': 'chunked',
    }),
    413,
  ],
  ['no credentials', post(QUERY), 401, { callers: API_KEYS }],
  ['too many requests', post(QUERY), 429, { rate: { perSecond: 1, burst: 0 } }],
];

test.for(ANSWERS)('an answer about %s comes in the media type of the highest weight', async (row) => {
  const [, request, , access = {}] = row;
  const { url } = await startGateway({ access });
  const typeFor = async (accept: string) =>
    (await send(url, withHeaders(request, { accept }))).headers['content-type'];
  const newer = 'application/graphql-response+json';
  const older = 'application/json';
  expect(await typeFor(`${older};q=0.5, ${newer}`)).toBe(`${newer}; charset=utf-8`);
  expect(await typeFor(`${older};q=0, */*`)).toBe(`${newer}; charset=utf-8`);
  expect(await typeFor(`${newer};q=0.5, ${older};q=0.6`)).toBe(`${older}; charset=utf-8`);
});

test.for<(typeof ANSWERS)[number]>([
  ...ANSWERS,
  ['a path below', { path: '/graphql/x' }, 404],
  ['a path that is none', { path: '/none' }, 404],
])('a page of a listed origin may read an answer about %s', async ([, request, status, access = {}]) => {
  const { url } = await startGateway({ access: { corsOrigins: [APP], ...access } });
  const answer = await send(url, withHeaders(request, { origin: APP }));
  expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([status, APP]);
  expect(answer.headers.vary).toContain('Origin');

  const ofNone = await send(url, request);
  expect(ofNone.headers).not.toHaveProperty('access-control-allow-origin');
  expect(ofNone.headers.vary).toContain('Origin');
});

/** Logs in, and waits until it has. */
async function ready(gateway: Gateway, url: string): Promise<void> {
  gateway.start();
  await expect.poll(async () => (await send(url, { path: '/readyz' })).status).toBe(200);
}

test('a page of a listed origin may read that the gateway is overloaded, and whether it lives', async () => {
  const { url, gateway } = await startGateway({ access: { corsOrigins: [APP] }, api: { maxRequests: 0 } });
  await ready(gateway, url);
  for (const [path, status] of [
    ['/graphql', 503],
    ['/livez', 200],
    ['/readyz', 200],
  ] as const) {
    const answer = await send(url, { path, headers: { origin: APP } });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([status, APP]);
    expect(answer.headers.vary).toBe(path === '/graphql' ? 'Accept, Accept-Encoding, Origin' : 'Origin');
  }
});

test('a request that accepts nothing that there is gets 406, and is not executed', async () => {
  const { url, sandbox } = await startGateway();
  const answer = await send(url, withHeaders(post('{ worklist { total } }'), { accept: 'application/xml' }));
  expect([answer.status, answer.body]).toEqual([406, expect.stringContaining('BAD_REQUEST')]);
  expect(sandbox.requests()).toEqual([]);
});

test.each(['/graphql', '/livez', '/readyz'])('HEAD of %s has the head of GET, and no body', async (path) => {
  const { url, gateway } = await startGateway();
  await ready(gateway, url);
  const at = path === '/graphql' ? `/graphql?query=${encodeURIComponent(QUERY)}` : path;
  const full = await send(url, { path: at });
  const head = await send(url, { path: at, method: 'HEAD' });
  expect([full.status, full.body === '']).toEqual([200, false]);
  expect([head.status, head.body]).toEqual([200, '']);
  // Those of the time, and of the body itself.
  const changing = ['date', 'transfer-encoding', 'content-length'];
  const same = Object.entries(full.headers).filter(([name]) => !changing.includes(name));
  expect(head.headers).toMatchObject(Object.fromEntries(same));
});

test('another method gets 405 with those that there are', async () => {
  const { url } = await startGateway();
  const { status, headers } = await send(url, { ...post(QUERY), method: 'DELETE' });
  expect([status, headers.allow]).toEqual([405, 'GET, HEAD, POST, OPTIONS']);
});

test('health checks may have a query', async () => {
  const { url, gateway } = await startGateway();
  await ready(gateway, url);
  expect((await send(url, { path: '/livez?probe=1' })).status).toBe(200);
  expect((await send(url, { path: '/readyz?probe=1' })).status).toBe(200);
});

test.each([
  ['POST', post(QUERY, { operationName: '' })],
  ['GET', get({ query: QUERY, operationName: '' })],
])('an empty operationName is none, by %s', async (_method, request) => {
  const { url } = await startGateway();
  const { status, body } = await send(url, request);
  expect([status, JSON.parse(body)]).toEqual([200, { data: { __typename: 'Query' } }]);
});

test('an empty operationName does not choose among several operations', async () => {
  const { url } = await startGateway();
  const { status } = await send(
    url,
    post('query A { a: __typename } query B { b: __typename }', { operationName: '' }),
  );
  expect(status).toBe(400);
});

test('a body that says that it is too large is refused before any of it is there', async () => {
  const { url, events } = await startGateway();
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': '100001' },
  };
  const { status, headers, body } = await send(url, request);
  expect([status, headers.connection]).toEqual([413, 'close']);
  expect(JSON.parse(body).errors).toEqual([
    {
      message: 'The body of a request may have at most 100000 bytes.',
      extensions: { code: 'REQUEST_ENTITY_TOO_LARGE', retryable: false },
    },
  ]);
  expect(events).toEqual([expect.objectContaining({ type: 'request.refused', status: 413 })]);
});

test('a refused request keeps its connection where its body is short or absent', async () => {
  const { url } = await startGateway({ access: { callers: API_KEYS } });
  for (const request of [post(QUERY), get({ query: QUERY }), postText('x'.repeat(16_384))]) {
    const { status, headers } = await send(url, withHeaders(request, { connection: 'keep-alive' }));
    expect([status, headers.connection]).toEqual([401, 'keep-alive']);
  }
  const long = await send(url, withHeaders(postText('x'.repeat(16_385)), { connection: 'keep-alive' }));
  expect([long.status, long.headers.connection]).toEqual([401, 'close']);
});

test('a preflight says which methods there are', async () => {
  const { url } = await startGateway();
  const { status, headers } = await send(url, { method: 'OPTIONS' });
  expect([status, headers.allow]).toEqual([204, 'GET, HEAD, POST, OPTIONS']);
});

test('a GET with a long body is answered, as the last of its connection, since the body is not read', async () => {
  const { url } = await startGateway();
  const kept = { ...get({ query: QUERY }), method: 'GET' };
  for (const [length, connection] of [
    [16_384, 'keep-alive'],
    [16_385, 'close'],
  ] as const) {
    const headers = { connection: 'keep-alive' };
    const answer = await send(url, withHeaders({ ...kept, body: 'x'.repeat(length) }, headers));
    expect([answer.status, answer.headers.connection]).toEqual([200, connection]);
  }
});
