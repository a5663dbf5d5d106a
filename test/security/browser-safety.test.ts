import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';
import { get, post, withHeaders } from './attack.ts';
import { API_KEYS, READER_KEY } from './keys.ts';
import { send, type WireRequest } from '../support/wire.ts';

const APP = 'https://app.example';
const EVIL = 'https://evil.example';

const SECURE_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Every kind of answer there is, but the playground. */
const ANSWERS: readonly (readonly [what: string, request: WireRequest, status: number])[] = [
  ['data', post('{ token { tokenType } }'), 200],
  ['an error of a field', post('{ worklist(limit: 101) { total } }'), 200],
  ['a document that is no GraphQL', post('{'), 400],
  ['a document that is too large', post(`{ ${'__typename '.repeat(21)} }`), 400],
  ['a method that is none', { ...post('{ __typename }'), method: 'PUT' }, 405],
  ['a path that is none', { path: '/nothing' }, 404],
  ['a type of body that is none', { body: '{}', headers: { 'content-type': 'text/plain' } }, 415],
  ['a page of another origin', withHeaders(post('{ __typename }'), { origin: EVIL }), 403],
  ['a host of another name', { headers: { host: 'evil.example' } }, 421],
  ['a body that is too large', post('x'.repeat(200_000)), 413],
  ['a preflight', { method: 'OPTIONS', headers: { origin: APP } }, 204],
  ['that it lives', { path: '/livez' }, 200],
  ['that it is not ready yet', { path: '/readyz' }, 503],
];

test.each(ANSWERS)('an answer about %s is safe in a browser', async (_what, request, status) => {
  const { url } = await startGateway({ access: { corsOrigins: [APP] } });
  const answer = await send(url, request);
  expect(answer.status).toBe(status);
  expect(answer.headers).toMatchObject(SECURE_HEADERS);
  expect(answer.headers).not.toHaveProperty('x-powered-by');
  expect(answer.headers).not.toHaveProperty('server');
});

test.each([
  [401, { callers: API_KEYS }],
  [429, { rate: { perSecond: 1, burst: 0 } }],
])('a refusal with %i is safe in a browser', async (status, access) => {
  const { url } = await startGateway({ access });
  const answer = await send(url, post('{ __typename }'));
  expect(answer.status).toBe(status);
  expect(answer.headers).toMatchObject(SECURE_HEADERS);
});

test.each([
  [403, { origin: EVIL }],
  [421, { host: 'evil.example' }],
  [415, { 'content-type': 'text/plain' }],
])('a refusal with %i comes in the media type that is accepted', async (status, headers) => {
  const { url } = await startGateway({ access: { corsOrigins: [APP] } });
  for (const accept of ['application/graphql-response+json', 'application/json', '*/*']) {
    const type = accept === '*/*' ? 'application/json' : accept;
    const answer = await send(url, withHeaders(post('{ __typename }'), { accept, ...headers }));
    expect([answer.status, answer.headers['content-type']]).toEqual([status, `${type}; charset=utf-8`]);
  }
});

test.each([
  ['holds the token', get({ query: '{ worklist { total } token { tokenType } }' })],
  [
    'holds the token under another name',
    get({ query: '{ worklist { total } ... { t: token { a: accessToken } } }' }),
  ],
  ['holds an error', get({ query: '{ worklist { total } other: worklist(limit: 101) { total } }' })],
  ['holds the schema', get({ query: '{ __schema { queryType { name } } }' })],
  ['is to a POST', post('{ worklist { total } }')],
])('an answer that %s may be kept by nobody', async (_what, request) => {
  const { url } = await startGateway();
  const { status, headers } = await send(url, request);
  expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
});

test('an answer to a caller with credentials may be kept by no cache that others use', async () => {
  const { url } = await startGateway({ access: { callers: API_KEYS } });
  const request = get({ query: '{ worklist { total } }' }, { 'x-api-key': READER_KEY });
  const { status, headers } = await send(url, request);
  expect([status, headers['cache-control']]).toEqual([200, expect.stringMatching(/^private|^no-store/)]);
});

/** A preflight for a POST of JSON with a key, as a browser sends it. */
function preflight(origin: string): WireRequest {
  return {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-api-key',
    },
  };
}

test('a preflight of a listed origin is answered for this origin, without its cookies', async () => {
  const { url } = await startGateway({ access: { corsOrigins: [APP, 'https://other.example'] } });
  const { status, headers, body } = await send(url, preflight(APP));
  expect([status, body]).toEqual([204, '']);
  expect(headers).toMatchObject({
    'access-control-allow-origin': APP,
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'content-type,x-api-key',
    'access-control-max-age': '600',
  });
  expect(headers['access-control-allow-credentials']).not.toBe('true');
});

test.each([EVIL, 'null', `${APP}.evil.example`])('a preflight of %s is told of no origin', async (origin) => {
  const { url } = await startGateway({ access: { corsOrigins: [APP] } });
  const { status, headers } = await send(url, preflight(origin));
  expect(status).toBe(403);
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
});

test('an answer to who names no origin is told of none', async () => {
  const { url } = await startGateway({ access: { corsOrigins: [APP] } });
  const { status, headers } = await send(url, post('{ __typename }'));
  expect(status).toBe(200);
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
});

test("the gateway's own pages may ask it, under any name that is its own", async () => {
  const { url } = await startGateway({ access: { corsOrigins: [] } });
  const { host, port } = new URL(url);
  for (const name of [host, `localhost:${port}`]) {
    const own = { host: name, origin: `http://${name}`, 'sec-fetch-site': 'same-origin' };
    expect((await send(url, withHeaders(post('{ __typename }'), own))).status).toBe(200);
  }
});

const PLAYGROUND = { headers: { accept: 'text/html' } };

test('the playground runs the scripts written into it and no others, and talks to nobody else', async () => {
  const { url } = await startGateway();
  const { status, headers, body } = await send(url, PLAYGROUND);
  expect(status).toBe(200);
  const policy = new Map(
    String(headers['content-security-policy'])
      .split('; ')
      .map((directive) => [directive.replace(/ .*/, ''), directive.replace(/^\S+ ?/, '')]),
  );
  expect(Object.fromEntries(policy)).toMatchObject({
    'default-src': "'none'",
    'connect-src': "'self'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  });
  const scripts = [...body.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, script = '']) => script);
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  expect(scripts.length).toBeGreaterThan(0);
  expect(policy.get('script-src')).toBe(hashes.join(' '));
  expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff' });
});

test('the playground is the same page, whatever its address says', async () => {
  const { url } = await startGateway();
  const { body: page } = await send(url, PLAYGROUND);
  const texts = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '${alert(1)}', '</script>'];
  for (const text of texts) {
    const names = ['query', 'variables', 'operationName', 'headers', 'defaultQuery', 'title', text];
    const { path } = get(Object.fromEntries(names.map((name) => [name, text])));
    const answer = await send(url, { ...PLAYGROUND, path });
    expect(answer.body === page).toBe(true);
  }
});

test('where the playground is off, a browser is given no page', async () => {
  const { url } = await startGateway({ api: { graphiql: false } });
  const { status, headers, body } = await send(url, PLAYGROUND);
  expect([status, headers['content-type']]).toEqual([406, 'application/json; charset=utf-8']);
  expect(JSON.parse(body).errors).toEqual([
    {
      message:
        'Accept must allow application/json or application/graphql-response+json, or name a stream: text/event-stream or multipart/mixed;subscriptionSpec=1.0.',
      extensions: { code: 'BAD_REQUEST', retryable: false },
    },
  ]);
});

test.each([
  [421, { host: 'evil.example' }, 'The refused Host: "evil.example".'],
  [403, { origin: EVIL }, `The refused Origin: "${EVIL}".`],
  [403, { 'sec-fetch-site': 'cross-site' }, 'The refused Origin: none.'],
  [421, { host: 'x'.repeat(1_000) }, `The refused Host: "${'x'.repeat(100)}".`],
  [403, { origin: 'https://\u00fc\u009b.example' }, 'The refused Origin: "https://????.example".'],
])(
  'a refusal with %i tells the operator, and not the client, what was refused',
  async (status, headers, hint) => {
    const { url, events } = await startGateway({ access: { corsOrigins: [APP] } });
    const answer = await send(url, withHeaders(post('{ __typename }'), headers));
    expect(answer.status).toBe(status);
    expect(answer.body).not.toContain('refused');
    expect(events).toContainEqual({
      type: 'request.refused',
      status,
      error: expect.objectContaining({ code: 'BAD_REQUEST', hint }),
      address: '127.0.0.1',
    });
  },
);
