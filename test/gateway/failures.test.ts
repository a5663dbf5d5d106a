import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/settings.ts';
import { Secret } from '../../src/secret.ts';
import { startGateway } from '../support/gateway-harness.ts';

const PAGE = '{ worklist(limit: 3) { total records { id } } token { tokenType } }';

interface Case {
  readonly when: string;
  readonly fault: Omit<Fault, 'on'>;
  readonly extensions: Readonly<Record<string, unknown>>;
}

const CASES: readonly Case[] = [
  {
    when: 'answers 500',
    fault: { status: 500, body: 'SECRET-BODY' },
    extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true },
  },
  {
    when: 'answers 503 with Retry-After',
    fault: { status: 503, headers: { 'retry-after': '7' } },
    extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true, retryAfterMs: 7_000 },
  },
  {
    when: 'answers 429 with Retry-After',
    fault: { status: 429, headers: { 'retry-after': '2' } },
    extensions: { code: 'UPSTREAM_RATE_LIMITED', retryable: true, retryAfterMs: 2_000 },
  },
  {
    when: 'answers 403',
    fault: { status: 403 },
    extensions: { code: 'UPSTREAM_AUTH_FAILED', retryable: false },
  },
  {
    when: 'answers 404',
    fault: { status: 404 },
    extensions: { code: 'UPSTREAM_REJECTED', retryable: false },
  },
  {
    when: 'redirects elsewhere',
    fault: { status: 302, headers: { location: 'https://example.com/login' } },
    extensions: { code: 'UPSTREAM_BAD_RESPONSE', retryable: false },
  },
  {
    when: 'sends HTML',
    fault: { status: 200, body: '<html>SECRET-BODY</html>', headers: { 'content-type': 'text/html' } },
    extensions: { code: 'UPSTREAM_BAD_RESPONSE', retryable: false },
  },
  {
    when: 'sends a record without an id',
    fault: { status: 200, body: '{"records":[{"id":1},{"ident":"SECRET-BODY"}]}' },
    extensions: { code: 'UPSTREAM_BAD_RESPONSE', retryable: false },
  },
  {
    when: 'drops the connection',
    fault: { reset: true },
    extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true },
  },
  {
    when: 'never answers',
    fault: { hang: true },
    extensions: { code: 'UPSTREAM_TIMEOUT', retryable: true },
  },
];

test.each(CASES)(
  'when the upstream $when, that field fails with its code and the other is answered',
  async (given) => {
    const { query, sandbox } = await startGateway({
      sandbox: { faults: [{ on: 'worklist', ...given.fault }] },
      upstream: { timeoutMs: given.fault.hang === true ? 50 : 5_000 },
    });
    const { status, body } = await query(PAGE);
    expect(status).toBe(200);
    expect(body.data).toEqual({ worklist: null, token: { tokenType: 'Bearer' } });
    expect(body.errors).toEqual([
      expect.objectContaining({ path: ['worklist'], extensions: given.extensions }),
    ]);
    const text = JSON.stringify(body);
    expect(text).not.toContain('SECRET-BODY');
    expect(text).not.toContain(new URL(sandbox.url).host);
  },
);

test('a call that timed out frees its socket', async () => {
  const { query, sandbox } = await startGateway({
    sandbox: { faults: [{ on: 'worklist', hang: true }] },
    upstream: { timeoutMs: 200 },
  });
  await query(PAGE);
  await expect.poll(() => sandbox.worklistRequests()[0]?.closedByClient()).toBe(true);
});

test('a failure is not kept: the next request can succeed', async () => {
  const { query } = await startGateway({ sandbox: { faults: [{ on: 'worklist', status: 500, times: 3 }] } });
  expect((await query(PAGE)).body.errors).toHaveLength(1);
  expect((await query(PAGE)).body).toMatchObject({ data: { worklist: { total: 240 } } });
});

test('a body of another shape is told by place and type, and the log says how the shape file mends it', async () => {
  const { query, events } = await startGateway({
    sandbox: {
      faults: [
        { on: 'worklist', status: 200, body: '{"records":[{"id":1},{"ident":"SECRET-BODY","kind":2}]}' },
      ],
    },
  });
  const { body } = await query(PAGE);
  expect(body.errors?.[0]?.message).toContain('records[1].id is not a usable identifier, found nothing.');
  expect(JSON.stringify(body)).not.toMatch(/ident"|kind/);

  const failed = events.find((event) => event.type === 'operation.failed');
  expect(failed).toMatchObject({
    error: {
      code: 'UPSTREAM_BAD_RESPONSE',
      hint: expect.stringMatching(/ident.*kind.*GOSPEECH_SHAPE_FILE.*"\/ident"/),
    },
  });
  expect(inspect(events, { depth: 9 })).not.toContain('SECRET-BODY');
});

test('an identifier beyond 2^53 keeps its digits', async () => {
  const { query } = await startGateway({
    sandbox: {
      faults: [
        {
          on: 'worklist',
          status: 200,
          body: '{"records":[{"id":90071992547409931234,"big":12345678901234567890}],"total":1}',
        },
      ],
    },
  });
  expect((await query('{ worklist { records { id fields } } }')).body).toEqual({
    data: {
      worklist: {
        records: [
          {
            id: '90071992547409931234',
            fields: { id: '90071992547409931234', big: '12345678901234567890' },
          },
        ],
      },
    },
  });
});

test('wrong credentials fail the query, say what to check, and are not tried again at once', async () => {
  const { url, query, sandbox, events } = await startGateway({
    account: { password: new Secret('WRONG-PASSWORD') },
  });
  const answers = [await query(PAGE), await query(PAGE)];
  for (const { status, body } of answers) {
    expect(status).toBe(200);
    expect(body.data).toEqual({ worklist: null, token: null });
    expect(body.errors?.map(({ extensions }) => extensions?.['code'])).toEqual([
      'UPSTREAM_AUTH_FAILED',
      'UPSTREAM_AUTH_FAILED',
    ]);
  }
  expect(sandbox.tokenRequests()).toHaveLength(1);
  expect(sandbox.worklistRequests()).toHaveLength(0);

  const ready = await fetch(`${url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({
    ready: false,
    reason: 'UPSTREAM_AUTH_FAILED',
    upstream: 'ok',
    token: 'refused',
  });
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'token.failed',
      error: expect.objectContaining({
        hint: expect.stringMatching(/invalid_username_or_password.*GOSPEECH_CLIENT_ID.*Developer account/),
      }),
    }),
  );
  expect(inspect([answers, events], { depth: 9 })).not.toContain('WRONG-PASSWORD');
});

test('without a password the documented request is sent, and a refusal names the missing password first', async () => {
  const accepting = await startGateway({
    account: { password: undefined },
    sandbox: { requirePassword: false },
  });
  expect((await accepting.query(PAGE)).body).toMatchObject({ data: { worklist: { total: 240 } } });
  expect(Object.keys(accepting.sandbox.tokenRequests()[0]?.form ?? {}).toSorted()).toEqual([
    'client_id',
    'client_secret',
    'grant_type',
    'scope',
    'username',
  ]);

  const refusing = await startGateway({ account: { password: undefined } });
  await refusing.query(PAGE);
  expect(refusing.events).toContainEqual(
    expect.objectContaining({
      type: 'token.failed',
      error: expect.objectContaining({
        hint: expect.stringMatching(/In this order: GOSPEECH_PASSWORD is not set/),
      }),
    }),
  );
});

test('an upstream that is not there is unavailable, and /livez stays well', async () => {
  const { url, query, sandbox } = await startGateway();
  await sandbox.close();
  const { body } = await query('{ worklist { total } }');
  expect(body.errors?.[0]).toMatchObject({
    message: 'GoSpeech could not be reached.',
    extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true },
  });
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
});
