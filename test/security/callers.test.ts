import { describe, expect, test } from 'vitest';
import type { CallersConfig } from '../../src/config/parse-access.ts';
import { startGateway } from '../support/gateway-harness.ts';
import { LISTER_KEY, OPERATOR_KEY, POWERLESS_KEY, READER_KEY, WATCHER_KEY, API_KEYS } from './keys.ts';
import { claims, signed, startJwtIssuer } from './jwt-issuer.ts';

const DOCUMENT = '{ worklist { total } token { expiresAt accessToken } }';
const CHALLENGE = 'Bearer realm="gospeech-graphql-gateway"';

const FORBIDDEN = { code: 'FORBIDDEN', retryable: false };

/** A gateway for these callers, asked with an `Authorization` header or without. */
async function startFor(callers: CallersConfig) {
  const gateway = await startGateway({ access: { callers } });
  return {
    ...gateway,
    ask: (credentials: string | undefined, query = DOCUMENT) =>
      gateway.query(query, undefined, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(credentials !== undefined && { authorization: `Bearer ${credentials}` }),
        },
        body: JSON.stringify({ query }),
      }),
    revealed: () => gateway.events.filter(({ type }) => type === 'token.revealed'),
  };
}

/** For each kind of credentials: its callers, those of a reader and of an operator, and what the log calls it. */
const KINDS = [
  {
    kind: 'api-key',
    start: async () => ({ callers: API_KEYS, reader: READER_KEY, operator: OPERATOR_KEY }),
    operatorName: 'operator',
  },
  {
    kind: 'jwt',
    async start() {
      const { callers, key } = await startJwtIssuer();
      const all = claims({ sub: 'operator@example.test', scope: 'worklist:read token:read token:reveal' });
      return { callers, reader: await signed(key), operator: await signed(key, all) };
    },
    operatorName: 'operator@example.test',
  },
];

describe.for(KINDS)('with $kind', ({ start, operatorName }) => {
  test.each([
    ['a stranger', undefined, CHALLENGE],
    ['a bad credential', 'wrong', `${CHALLENGE}, error="invalid_token"`],
  ])('%s gets 401 with a challenge, and nothing is executed', async (_who, credentials, challenge) => {
    const { ask, sandbox } = await startFor((await start()).callers);
    const { status, headers, body } = await ask(credentials);
    expect([status, headers.get('www-authenticate')]).toEqual([401, challenge]);
    expect(body).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED', retryable: false } }],
    });
    expect(sandbox.requests()).toEqual([]);
  });

  test('a reader gets everything but the token itself', async () => {
    const { callers, reader } = await start();
    const { ask, revealed } = await startFor(callers);
    const { status, body } = await ask(reader);
    expect(status).toBe(200);
    expect(body.data).toEqual({
      worklist: { total: 240 },
      token: { expiresAt: expect.any(String), accessToken: null },
    });
    expect(body.errors).toEqual([
      expect.objectContaining({
        message: 'Token.accessToken needs the permission token:reveal.',
        path: ['token', 'accessToken'],
        extensions: FORBIDDEN,
      }),
    ]);
    expect(revealed()).toEqual([]);
  });

  test('an operator gets the token itself, which leaves one trace with a name and without the token', async () => {
    const { callers, operator } = await start();
    const { ask, events, revealed, sandbox } = await startFor(callers);
    const { body } = await ask(operator);
    const accessToken = sandbox.worklistRequests()[0]?.headers['authorization']?.replace('Bearer ', '');
    expect(body).toEqual({
      data: { worklist: { total: 240 }, token: { expiresAt: expect.any(String), accessToken } },
    });
    expect(revealed()).toEqual([{ type: 'token.revealed', caller: operatorName }]);
    expect(JSON.stringify(events)).not.toContain(accessToken);
  });

  test('health checks and the playground need no credentials', async () => {
    const { callers } = await start();
    const { url, gateway } = await startFor(callers);
    const statusOf = async (path: string) =>
      (await fetch(url + path, { headers: { accept: 'text/html' } })).status;
    gateway.start();
    await expect.poll(() => statusOf('/readyz')).toBe(200);
    expect([await statusOf('/livez'), await statusOf('/graphql')]).toEqual([200, 200]);
  });
});

test('a key may come as x-api-key, and in any letters of its scheme', async () => {
  const { url } = await startFor(API_KEYS);
  const statusWith = async (headers: Readonly<Record<string, string>>) =>
    (await fetch(`${url}/graphql?query={token{tokenType}}`, { headers })).status;
  expect(await statusWith({ 'x-api-key': READER_KEY })).toBe(200);
  expect(await statusWith({ authorization: `bearer ${READER_KEY}` })).toBe(200);
  expect(await statusWith({ authorization: `BEARER   ${READER_KEY} ` })).toBe(200);
});

test.each([
  ['worklist', LISTER_KEY, { worklist: { total: 240 }, token: null }, 'token'],
  ['token', WATCHER_KEY, { worklist: null, token: { tokenType: 'Bearer' } }, 'worklist'],
])('who may only read the %s gets that, and FORBIDDEN for the other', async (_what, key, data, refused) => {
  const { ask, sandbox } = await startFor(API_KEYS);
  const { status, body } = await ask(key, '{ worklist { total } token { tokenType } }');
  expect([status, body.data]).toEqual([200, data]);
  const message = `Query.${refused} needs the permission ${refused}:read.`;
  expect(body.errors).toEqual([expect.objectContaining({ message, path: [refused], extensions: FORBIDDEN })]);
  expect(sandbox.worklistRequests()).toHaveLength(refused === 'worklist' ? 0 : 1);
});

test.each([
  ['the list', LISTER_KEY, 200],
  ['the token', WATCHER_KEY, 200],
  ['nothing', POWERLESS_KEY, 400],
])('introspection by who may read %s', async (_what, key, status) => {
  const { url } = await startFor(API_KEYS);
  const address = `${url}/graphql?query={__schema{queryType{name}}}`;
  const accept = 'application/graphql-response+json';
  expect((await fetch(address, { headers: { 'x-api-key': key, accept } })).status).toBe(status);
});

test('without callers, everybody may read, and the token itself is that of the sandbox or nobody’s', async () => {
  const onSandbox = await startGateway();
  expect((await onSandbox.query(DOCUMENT)).body.errors).toBeUndefined();
  expect(onSandbox.events).toContainEqual({ type: 'token.revealed', caller: 'anonymous' });

  const onGoSpeech = await startGateway({ isSandbox: false });
  const { body } = await onGoSpeech.query(DOCUMENT);
  expect(body.data).toMatchObject({ worklist: { total: 240 }, token: { accessToken: null } });
  expect(body.errors).toEqual([
    expect.objectContaining({ path: ['token', 'accessToken'], extensions: FORBIDDEN }),
  ]);
});

test('a preflight needs no credentials, since browsers send none', async () => {
  const { url } = await startGateway({ access: { callers: API_KEYS, corsOrigins: ['https://app.example'] } });
  const response = await fetch(`${url}/graphql`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });
  expect(response.status).toBe(204);
  expect(response.headers.get('access-control-allow-headers')).toBe('authorization,content-type');
});

test('a page of a listed origin may read why it was refused', async () => {
  const { url } = await startGateway({ access: { callers: API_KEYS, corsOrigins: ['https://app.example'] } });
  const response = await fetch(`${url}/graphql?query={token{tokenType}}`, {
    headers: { origin: 'https://app.example' },
  });
  expect(response.status).toBe(401);
  expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example');
  expect(response.headers.get('access-control-expose-headers')).toContain('www-authenticate');
});
