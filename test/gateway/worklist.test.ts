import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';

const PAGE = '{ worklist(limit: 3) { total hasNextPage offset limit stale records { id } } }';

test('a thousand cold requests at once give one token request and one worklist request', async () => {
  // On a slow machine they take longer than a page is usually fresh.
  const { query, sandbox } = await startGateway({ cache: { ttlMs: 600_000 } });
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => query(PAGE)));

  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  expect(answers[0]?.body).toMatchObject({ data: { worklist: { total: 240, records: [{}, {}, {}] } } });
  expect(sandbox.tokenRequests()).toHaveLength(1);
  expect(sandbox.worklistRequests()).toHaveLength(1);
});

test('a record has its typed fields, and all that the upstream sent', async () => {
  const { query } = await startGateway();
  const { body } = await query(
    '{ worklist(offset: 200, limit: 1) { records { id title status progress language durationMs createdAt updatedAt fields } } }',
  );
  expect(body).toEqual({
    data: {
      worklist: {
        records: [
          {
            id: expect.stringMatching(/^[0-9a-f-]{36}$/),
            title: expect.any(String),
            status: expect.stringMatching(/^(Completed|Failed)$/),
            progress: expect.any(Number),
            language: expect.stringMatching(/^[a-z]{2}-[A-Z]{2}$/),
            durationMs: expect.any(Number),
            createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
            updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
            fields: expect.objectContaining({
              id: expect.any(String),
              fileName: expect.any(String),
              speakerCount: expect.any(Number),
            }),
          },
        ],
      },
    },
  });
});

test('adjacent pages in one operation are one call', async () => {
  const { query, sandbox } = await startGateway();
  const { body } = await query(
    '{ one: worklist(limit: 20) { records { id } } two: worklist(offset: 20, limit: 20) { records { id } } }',
  );
  expect(body).toMatchObject({
    data: { one: { records: { length: 20 } }, two: { records: { length: 20 } } },
  });
  expect(sandbox.worklistRequests().map((request) => request.query)).toEqual([{ offset: '0', limit: '40' }]);
});

test('fields come in the order of the request, whichever is ready first', async () => {
  const { query } = await startGateway({ sandbox: { faults: [{ on: 'worklist', delayMs: 20 }] } });
  const { body } = await query('{ worklist { total } token { tokenType } }');
  expect(Object.keys(body.data ?? {})).toEqual(['worklist', 'token']);
});

test('without a total from the upstream the total is null, and paging finds the end', async () => {
  const { query, sandbox } = await startGateway({ sandbox: { total: 'none', recordCount: 25 } });
  const first = await query('{ worklist(limit: 20) { total hasNextPage } }');
  expect(first.body).toEqual({ data: { worklist: { total: null, hasNextPage: true } } });
  const second = await query('{ worklist(offset: 20, limit: 20) { total hasNextPage records { id } } }');
  expect(second.body).toMatchObject({
    data: { worklist: { total: null, hasNextPage: false, records: { length: 5 } } },
  });
  expect(sandbox.worklistRequests()).toHaveLength(3);
});

test('a token revoked at the upstream is replaced once, and every query succeeds', async () => {
  const { query, sandbox } = await startGateway({ cache: { ttlMs: 0 } });
  await query(PAGE);
  sandbox.revokeAccessTokens();
  sandbox.forgetRequests();

  const offsets = Array.from({ length: 10 }, (_, index) => index * 20);
  const answers = await Promise.all(
    offsets.map((offset) => query(`{ worklist(offset: ${offset}, limit: 20) { records { id } } }`)),
  );
  for (const { body } of answers)
    expect(body).toMatchObject({ data: { worklist: { records: { length: 20 } } } });
  expect(sandbox.tokenRequests().map(({ form }) => form['grant_type'])).toEqual(['refresh_token']);
  const sent = sandbox.worklistRequests().map((request) => request.query['offset']);
  for (const offset of offsets) {
    expect(sent.filter((each) => each === String(offset)).length).toBeLessThanOrEqual(2);
  }
});

test('a client that goes away cancels the upstream call when nobody else waits for it', async () => {
  const { query, sandbox } = await startGateway({ sandbox: { faults: [{ on: 'worklist', hang: true }] } });
  const leaver = new AbortController();
  const left = query(PAGE, undefined, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: PAGE }),
    signal: leaver.signal,
  });
  await expect.poll(() => sandbox.worklistRequests().length).toBe(1);
  leaver.abort();
  await expect(left).rejects.toThrow(/abort/i);
  await expect.poll(() => sandbox.worklistRequests()[0]?.closedByClient()).toBe(true);
});

test('the token field tells what it is, and the token itself only in front of the sandbox', async () => {
  const fields = 'tokenType scopes issuedAt expiresAt expiresIn refreshable accessToken';
  const onSandbox = await startGateway();
  expect((await onSandbox.query(`{ token { ${fields} } }`)).body).toEqual({
    data: {
      token: {
        tokenType: 'Bearer',
        scopes: expect.arrayContaining(['integrated-api', 'openid']),
        issuedAt: expect.any(String),
        expiresAt: expect.any(String),
        expiresIn: expect.any(Number),
        refreshable: true,
        accessToken: expect.stringMatching(/./),
      },
    },
  });
  const onGoSpeech = await startGateway({ isSandbox: false });
  expect((await onGoSpeech.query('{ token { tokenType accessToken } }')).body).toEqual({
    data: { token: { tokenType: 'Bearer', accessToken: null } },
    errors: [
      expect.objectContaining({
        path: ['token', 'accessToken'],
        extensions: { code: 'FORBIDDEN', retryable: false },
      }),
    ],
  });
});
