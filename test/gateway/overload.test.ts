import { createConnection } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { signed, startJwtIssuer } from '../security/jwt-issuer.ts';
import { createGate } from '../support/gate.ts';
import { startGateway } from '../support/gateway-harness.ts';

const PAGE = '{ worklist(limit: 3) { total } }';

test('beyond the limit a request gets 503 with Retry-After, and nothing of it is executed', async () => {
  const gate = createGate();
  const { url, query, sandbox, events } = await startGateway({
    api: { maxRequests: 2 },
    sandbox: { faults: [{ on: 'worklist', until: gate.opened, times: 2 }] },
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

  gate.open();
  for (const { body } of await Promise.all(running))
    expect(body).toEqual({ data: { worklist: { total: 240 } } });
  expect(sandbox.worklistRequests()).toHaveLength(2);
  expect((await query(PAGE)).status).toBe(200);
});

test('a client that goes away frees its place', async () => {
  const { query, sandbox } = await startGateway({
    api: { maxRequests: 1 },
    sandbox: { faults: [{ on: 'worklist', hang: true, times: 1 }] },
  });
  const leaver = new AbortController();
  const left = query(PAGE, undefined, { signal: leaver.signal });
  await expect.poll(() => sandbox.worklistRequests().length).toBe(1);
  expect((await query('{ token { tokenType } }')).status).toBe(503);
  leaver.abort();
  await expect(left).rejects.toThrow('aborted');
  await expect.poll(async () => (await query('{ token { tokenType } }')).status).toBe(200);
});

test('a browser page that may read answers may read this one too', async () => {
  const gate = createGate();
  const { url, query, sandbox } = await startGateway({
    api: { maxRequests: 1 },
    sandbox: { faults: [{ on: 'worklist', until: gate.opened, times: 1 }] },
  });
  const running = query(PAGE);
  await expect.poll(() => sandbox.worklistRequests().length).toBe(1);
  const refused = await fetch(`${url}/graphql?query={token{tokenType}}`, {
    headers: { origin: 'http://localhost:5173', accept: 'application/graphql-response+json' },
  });
  expect(refused.status).toBe(503);
  expect(refused.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
  expect(refused.headers.get('content-type')).toContain('application/graphql-response+json');
  gate.open();
  await running;
});

/** Clients that have each sent these bytes, and read nothing. */
async function stall(url: string, count: number, bytes: string): Promise<void> {
  const { hostname, port } = new URL(url);
  for (let number = 0; number < count; number += 1) {
    const socket = createConnection({ host: hostname, port: Number(port) });
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {}).pause();
    await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  }
}

test('whoever reads a page slowly takes no place of an operation, and of a page 20 may have one', async () => {
  const { url, query } = await startGateway({ api: { maxRequests: 1 } });
  const page = () => fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
  expect((await (await page()).text()).length).toBeGreaterThan(100_000);
  // More of it than the system takes for who does not read.
  const asked = 'GET /graphql HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n'.repeat(8);
  await stall(url, 20, asked);
  await expect.poll(async () => (await page()).status).toBe(503);
  expect((await query('{ token { tokenType } }')).status).toBe(200);
});

test('a body that stalls makes room for an operation, and nothing has crashed', async () => {
  const { url, query, events } = await startGateway({ api: { maxRequests: 2 } });
  const head = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
  await stall(url, 5, `${head}Content-Length: 100\r\n\r\n{`);
  await expect.poll(() => events.length).toBe(3);
  expect((await query('{ token { tokenType } }')).status).toBe(200);
  const told = events.map(({ type }) => type).filter((type) => /^(request|operation)/.test(type));
  expect(told).toEqual(Array.from({ length: 4 }, () => 'request.refused'));
});

test('a request that made room while its caller was asked about is over', async () => {
  const issuer = await startJwtIssuer();
  let answerNow = () => {};
  issuer.answerWith((_request, response) => (answerNow = () => void response.writeHead(503).end()));
  const { url, events } = await startGateway({
    access: { callers: issuer.callers },
    api: { maxRequests: 1 },
  });
  const head = [
    'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100',
    `Authorization: Bearer ${await signed(issuer.key)}\r\n\r\n{`,
  ].join('\r\n');
  await stall(url, 1, head);
  await expect.poll(issuer.requests).toBe(1);
  await stall(url, 1, head);
  await expect.poll(() => events.map(({ type }) => type)).toEqual(['request.refused']);
  answerNow();
  // The newer one is told that the issuer is away.
  await expect.poll(() => events.map(({ type }) => type)).toHaveLength(3);
  expect(events.map(({ type }) => type).toSorted()).toEqual([
    'issuer.failed',
    'request.refused',
    'request.refused',
  ]);
});

test('a request that had to make room is answered by no stream of its result besides', async () => {
  const gate = createGate();
  const { url, sandbox, events, query } = await startGateway({
    api: { maxRequests: 1 },
    sandbox: { faults: [{ on: 'worklist', until: gate.opened, times: 1 }] },
  });
  // Its body never comes, so it is the one that makes room.
  const { port } = new URL(url);
  const socket = createConnection(Number(port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
  const target = `/graphql?query=${encodeURIComponent(PAGE)}`;
  socket.write(
    `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nContent-Length: 50\r\n\r\n`,
  );
  await expect.poll(() => sandbox.worklistRequests().length).toBe(1);
  const other = query('{ token { tokenType } }');
  await expect.poll(() => answer).toMatch(/^HTTP\/1\.1 503 /);
  gate.open();
  expect((await other).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(events.filter(({ type }) => type === 'operation.crashed')).toEqual([]);
});
