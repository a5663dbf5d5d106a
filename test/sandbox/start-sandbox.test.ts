import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { createRequestLog } from '../../src/sandbox/request-log.ts';
import { setUp } from './set-up.ts';

const HANG = { faults: [{ on: 'worklist', hang: true }] } as const;

test('a request is remembered with all that was sent', async () => {
  const { sandbox } = await setUp({ now: () => 1_234 });
  await fetch(`${sandbox.url}/connect/token?a=1&b=%C3%A4`, {
    method: 'POST',
    headers: { 'X-Trace': 'trace-7' },
    body: new URLSearchParams({ username: 'köln@example.test' }),
  });
  const [request] = sandbox.requests();
  expect(request).toMatchObject({
    method: 'POST',
    path: '/connect/token',
    query: { a: '1', b: 'ä' },
    form: { username: 'köln@example.test' },
    headers: { 'x-trace': 'trace-7' },
    receivedAtMs: 1_234,
  });
  expect(request?.closedByClient()).toBe(false);
});

test('requests are listed in order, by what they asked for, until forgotten', async () => {
  const { sandbox } = await setUp();
  for (const [method, path] of [
    ['GET', '/elsewhere'],
    ['GET', '/connect/token'],
    ['POST', '/connect/token'],
    ['POST', '/api/records/worklist'],
    ['GET', '/api/records/worklist'],
  ] as const) {
    await fetch(`${sandbox.url}${path}`, { method });
  }
  expect(sandbox.requests().map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /elsewhere',
    'GET /connect/token',
    'POST /connect/token',
    'POST /api/records/worklist',
    'GET /api/records/worklist',
  ]);
  expect(sandbox.tokenRequests()).toEqual([sandbox.requests()[2]]);
  expect(sandbox.worklistRequests()).toEqual([sandbox.requests()[4]]);

  sandbox.forgetRequests();
  expect(sandbox.requests()).toEqual([]);
});

test('only the newest 10,000 requests are remembered', () => {
  const log = createRequestLog();
  const request = { method: 'GET', query: {}, form: {}, headers: {}, receivedAtMs: 0 };
  for (let number = 1; number <= 10_001; number += 1) {
    log.add({ ...request, path: `/${number}`, closedByClient: () => false });
  }
  expect(log.all()).toHaveLength(10_000);
  expect(log.all()[0]?.path).toBe('/2');
});

test('a list of requests stays as it was', async () => {
  const { sandbox } = await setUp();
  await fetch(sandbox.url);
  const earlier = sandbox.requests();
  await fetch(sandbox.url);
  expect(earlier).toHaveLength(1);
});

test('a client that leaves before its answer is seen to have left', async () => {
  const { sandbox } = await setUp({ settings: HANG });
  const controller = new AbortController();
  const answer = fetch(`${sandbox.url}/api/records/worklist`, { signal: controller.signal });
  await expect.poll(() => sandbox.requests()).toHaveLength(1);
  const [request] = sandbox.requests();
  expect(request?.closedByClient()).toBe(false);

  controller.abort();
  await expect(answer).rejects.toThrow('aborted');
  await expect.poll(() => request?.closedByClient()).toBe(true);
});

test('a connection that the sandbox ends is not put down to the client', async () => {
  const { sandbox } = await setUp({ settings: { faults: [{ on: 'worklist', reset: true }] } });
  await expect(fetch(`${sandbox.url}/api/records/worklist`)).rejects.toThrow('fetch failed');
  sandbox.configure(HANG);
  const hanging = Promise.allSettled([fetch(`${sandbox.url}/api/records/worklist`)]);
  await expect.poll(() => sandbox.requests()).toHaveLength(2);
  await sandbox.close();
  expect(await hanging).toMatchObject([{ status: 'rejected' }]);
  // The sandbox's own end of the connection closes in the next turn of the event loop.
  await nextTurn();
  expect(sandbox.requests().map((request) => request.closedByClient())).toEqual([false, false]);
});

test('an unknown path is not found', async () => {
  const { sandbox } = await setUp();
  const response = await fetch(`${sandbox.url}/api/records`);
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({ error: 'not_found' });
});

test.each([
  ['GET', '/connect/token', 'POST'],
  ['DELETE', '/api/records/worklist', 'GET'],
])('%s %s is not allowed, and %s is said to be', async (method, path, allowed) => {
  const { sandbox } = await setUp();
  const response = await fetch(`${sandbox.url}${path}`, { method });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe(allowed);
});

test.each(['//', '*', '/%', 'http://[/'])('the odd request target %s is answered', async (target) => {
  const { sandbox } = await setUp();
  const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
  socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 404 /);
});

test('a client that leaves inside its request does no harm', async () => {
  const { sandbox, postToken, passwordForm } = await setUp();
  const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
  socket.write('POST /connect/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\ngrant');
  socket.end();
  await once(socket.resume(), 'close');
  expect(await postToken(passwordForm)).toMatchObject({ status: 200 });
});

test('closing ends a hanging request and frees the port, also when done twice', async () => {
  const { sandbox } = await setUp({ settings: HANG });
  const hanging = Promise.allSettled([fetch(`${sandbox.url}/api/records/worklist`)]);
  await expect.poll(() => sandbox.requests()).toHaveLength(1);
  await sandbox.close();
  await sandbox.close();
  expect(await hanging).toMatchObject([{ status: 'rejected' }]);

  const { sandbox: successor } = await setUp({ port: Number(new URL(sandbox.url).port) });
  expect(successor.url).toBe(sandbox.url);
});

test('a port in use is refused with the error of Node', async () => {
  const { sandbox } = await setUp();
  const second = startSandbox({ port: Number(new URL(sandbox.url).port) });
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('the oldest of a million records is there, and dated', async () => {
  const { getWorklist } = await setUp({ settings: { recordCount: 1_000_000 } });
  const { status, body } = await getWorklist('?offset=999999&limit=10000');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    total: 1_000_000,
    records: [{ createdAt: expect.stringMatching(/^1\d{3}-/) }],
  });
});

test('an answer that cannot be made is none, and the next one is given', async () => {
  const { sandbox, getWorklist, signIn } = await setUp({ settings: { recordCount: 2 ** 31 } });
  const token = await signIn('access_token');
  await expect(getWorklist(`?offset=${2 ** 31 - 1}`, token)).rejects.toThrow('fetch failed');
  expect(await getWorklist('?limit=1', token)).toMatchObject({ status: 200 });
  expect(sandbox.worklistRequests()).toHaveLength(2);
});
