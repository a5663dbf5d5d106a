import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';

const PAGE = '{ worklist(limit: 3) { total } }';

test('beyond the limit a request gets 503 with Retry-After, and nothing of it is executed', async () => {
  const { url, query, sandbox, events } = await startGateway({
    api: { maxRequests: 2 },
    sandbox: { faults: [{ on: 'worklist', delayMs: 500, times: 2 }] },
  });
  const running = [query(PAGE), query('{ worklist(offset: 100, limit: 3) { total } }')];
  await expect.poll(() => sandbox.worklistRequests().length).toBe(2);

  const refused = await query('{ token { tokenType } worklist(offset: 200) { total } }');
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.body).toEqual({
    errors: [
      {
        message: 'The gateway has too many requests at once.',
        extensions: { code: 'OVERLOADED', retryable: true, retryAfterMs: 1_000 },
      },
    ],
  });
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);

  await query(PAGE);
  expect(events.filter(({ type }) => type === 'request.refused')).toHaveLength(2);

  for (const { body } of await Promise.all(running))
    expect(body).toEqual({ data: { worklist: { total: 240 } } });
  expect(sandbox.worklistRequests()).toHaveLength(2);
  expect((await query(PAGE)).status).toBe(200);
});

test('a client that goes away frees its place', async () => {
  const { query } = await startGateway({
    api: { maxRequests: 1 },
    sandbox: { faults: [{ on: 'worklist', hang: true, times: 1 }] },
  });
  const leaver = new AbortController();
  const left = query(PAGE, undefined, { method: 'POST', body: '{}', signal: leaver.signal, headers: {} });
  leaver.abort();
  await left.catch(() => {});
  await expect.poll(async () => (await query('{ token { tokenType } }')).status).toBe(200);
});

test('a browser page that may read answers may read this one too', async () => {
  const { url, query, sandbox } = await startGateway({
    api: { maxRequests: 1 },
    sandbox: { faults: [{ on: 'worklist', delayMs: 300, times: 1 }] },
  });
  const running = query(PAGE);
  await expect.poll(() => sandbox.worklistRequests().length).toBe(1);
  const refused = await fetch(`${url}/graphql?query={token{tokenType}}`, {
    headers: { origin: 'http://localhost:5173', accept: 'application/graphql-response+json' },
  });
  expect(refused.status).toBe(503);
  expect(refused.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
  expect(refused.headers.get('content-type')).toContain('application/graphql-response+json');
  await running;
});
