import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { createConnection } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startServer } from '../../src/server/start-server.ts';
import { sendBytes } from '../support/wire.ts';

/** Far longer than a test may take: whoever waits for it fails. */
const ENDLESS_GRACE_MS = 600_000;

const answerAtOnce: RequestListener = (_request, response) => void response.end('answered');

/** An answer that says that its connection ends with it. */
const LAST_ANSWER = /HTTP\/1\.1 200 OK\r\nconnection: close\r\n.*answered/is;

async function serve(listener: RequestListener = answerAtOnce) {
  const server = await startServer({ listener, host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close(0));
  return server;
}

/** A server whose one request is there, and left to the test to answer. */
async function serveOneInFlight() {
  const responses: ServerResponse[] = [];
  const server = await serve((_request, response) => void responses.push(response));
  const client = await connect(server.url);
  client.ask();
  await expect.poll(() => responses).toHaveLength(1);
  const [response = expect.fail()] = responses;
  return { server, client, response };
}

/** A connection that a client keeps open. */
async function connect(url: string) {
  const { hostname, port } = new URL(url);
  const socket = createConnection({ host: hostname, port: Number(port) });
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.setEncoding('latin1').on('data', (text: string) => (received += text));
  socket.on('error', () => {});
  await once(socket, 'connect');
  return {
    write: (text: string) => void socket.write(text),
    ask: () => void socket.write('GET / HTTP/1.1\r\nHost: gateway\r\n\r\n'),
    received: () => received,
    isOpen: () => !socket.destroyed,
  };
}

test('a connection is kept for longer than proxies keep an idle one', async () => {
  const { url } = await serve();
  const { headers } = await fetch(url);
  expect([headers.get('connection'), headers.get('keep-alive')]).toEqual(['keep-alive', 'timeout=75']);
});

test('a connection is kept for as long as it is said', async () => {
  const server = await startServer({
    listener: answerAtOnce,
    host: '127.0.0.1',
    port: 0,
    keepAliveMs: 600_000,
  });
  onTestFinished(() => server.close(0));
  const { headers } = await fetch(server.url);
  expect(headers.get('keep-alive')).toBe('timeout=600');
});

test('a draining server answers on new and kept connections, and ends each with its answer', async () => {
  const server = await serve();
  const kept = await connect(server.url);
  kept.ask();
  await expect.poll(kept.received).toContain('answered');

  server.drain();
  kept.ask();
  const opened = await connect(server.url);
  opened.ask();
  for (const { received, isOpen } of [kept, opened]) {
    await expect.poll(isOpen).toBe(false);
    expect(received()).toMatch(LAST_ANSWER);
  }
});

test('a request in flight when draining starts is the last of its connection', async () => {
  const { server, client, response } = await serveOneInFlight();
  server.drain();
  response.end('answered');
  await expect.poll(client.isOpen).toBe(false);
  expect(client.received()).toMatch(LAST_ANSWER);
});

test('idle connections stay open while the server drains, and end when it closes', async () => {
  const server = await serve();
  const idle = await connect(server.url);
  idle.ask();
  await expect.poll(idle.received).toContain('answered');
  const silent = await connect(server.url);

  server.drain();
  // Another connection's whole life: time in which the idle ones could have ended.
  expect(await (await fetch(server.url)).text()).toBe('answered');
  expect([idle.isOpen(), silent.isOpen()]).toEqual([true, true]);

  await server.close(ENDLESS_GRACE_MS);
  await expect.poll(idle.isOpen).toBe(false);
  await expect.poll(silent.isOpen).toBe(false);
});

test('a closing server accepts nobody, and waits for the requests in flight', async () => {
  const { server, client, response } = await serveOneInFlight();
  const onCutOff = vi.fn<(requests: number) => void>();
  const closed = server.close(ENDLESS_GRACE_MS, onCutOff);
  await expect(fetch(server.url)).rejects.toThrow('fetch failed');
  response.end('answered');
  await closed;
  await expect.poll(client.received).toContain('answered');
  expect(onCutOff).not.toHaveBeenCalled();
});

test('an answer begun before draining does not hold the server open, if it ends before it closes', async () => {
  const { server, client, response } = await serveOneInFlight();
  response.writeHead(200).write('begun, ');
  server.drain();
  response.end('ended');
  await expect.poll(client.received).toContain('ended');
  await server.close(ENDLESS_GRACE_MS);
});

test('an answer begun before draining does not hold the server open, if it ends after it closes', async () => {
  const { server, client, response } = await serveOneInFlight();
  response.writeHead(200).write('begun, ');
  const closed = server.close(ENDLESS_GRACE_MS);
  response.end('ended');
  await closed;
  await expect.poll(client.received).toContain('ended');
});

test('a request that outlives the grace is cut off and counted', async () => {
  const { server, client } = await serveOneInFlight();
  const onCutOff = vi.fn<(requests: number) => void>();
  await server.close(1, onCutOff);
  await expect.poll(client.isOpen).toBe(false);
  expect(client.received()).toBe('');
  expect(onCutOff.mock.calls).toEqual([[1]]);
});

test.each([
  ['head', 'GET / HTTP/1.1\r\nHost: gateway\r\nX-Slow'],
  ['body', 'POST / HTTP/1.1\r\nHost: gateway\r\nContent-Length: 100\r\n\r\nslow'],
])('a client that never ends the %s of its request is cut off', async (_part, sent) => {
  const server = await startServer({
    listener: (request, response) => request.on('end', () => response.end('answered')).resume(),
    host: '127.0.0.1',
    port: 0,
    headTimeoutMs: 100,
    requestTimeoutMs: 200,
  });
  onTestFinished(() => server.close(0));
  expect(await sendBytes(server.url, sent)).toMatch(/^HTTP\/1\.1 408 /);
});

/** Larger than what the system takes for a client that reads nothing. */
const LARGE = Buffer.alloc(32 * 1_024 * 1_024);

/** A server of a large answer, and a client that has asked for it and reads nothing yet. */
async function serveLarge(stallTimeoutMs: number) {
  const closed = vi.fn<() => void>();
  const server = await startServer({
    listener: (_request, response) => {
      response.once('close', closed);
      response.end(LARGE);
    },
    host: '127.0.0.1',
    port: 0,
    stallTimeoutMs,
  });
  onTestFinished(() => server.close(0));
  const { hostname, port } = new URL(server.url);
  const socket = createConnection({ host: hostname, port: Number(port) });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {}).pause();
  socket.write('GET / HTTP/1.1\r\nHost: gateway\r\n\r\n');
  return { socket, closed };
}

test('a client that does not read its answer is cut off', async () => {
  const { socket, closed } = await serveLarge(100);
  await expect.poll(() => closed.mock.calls, { timeout: 10_000 }).toHaveLength(1);
  let receivedBytes = 0;
  socket.on('data', (chunk) => (receivedBytes += chunk.length)).resume();
  await once(socket, 'close');
  expect(receivedBytes).toBeLessThan(LARGE.length);
});

test('a client that reads slowly gets its whole answer, however long it takes', async () => {
  const { socket, closed } = await serveLarge(500);
  let receivedBytes = 0;
  // It rests after each of 20 parts: twice the time for which it may read nothing.
  let restAtBytes = 0;
  for await (const chunk of socket) {
    receivedBytes += chunk.length;
    if (receivedBytes > LARGE.length) break;
    if (receivedBytes < restAtBytes) continue;
    restAtBytes += LARGE.length / 20;
    await pause(50);
  }
  expect(receivedBytes).toBeGreaterThan(LARGE.length);
  expect(closed).toHaveBeenCalledTimes(1);
});

test('an answer that is still being made is waited for, however little happens on its connection', async () => {
  const responses: ServerResponse[] = [];
  const server = await startServer({
    listener: (_request, response) => void responses.push(response),
    host: '127.0.0.1',
    port: 0,
    stallTimeoutMs: 200,
  });
  onTestFinished(() => server.close(0));
  const client = await connect(server.url);
  client.ask();
  await expect.poll(() => responses).toHaveLength(1);
  // Another connection's whole life, cut off for its silence: time in which this one could have been, too.
  const silent = await connect(server.url);
  await expect.poll(silent.isOpen).toBe(false);
  responses[0]?.end('answered');
  await expect.poll(client.received).toContain('answered');
});

test('a connection is kept after an answer for as long as ever, whatever a stalled client is given', async () => {
  const server = await startServer({
    listener: answerAtOnce,
    host: '127.0.0.1',
    port: 0,
    stallTimeoutMs: 200,
  });
  onTestFinished(() => server.close(0));
  const kept = await connect(server.url);
  kept.ask();
  await expect.poll(kept.received).toContain('answered');
  const silent = await connect(server.url);
  await expect.poll(silent.isOpen).toBe(false);
  expect(kept.isOpen()).toBe(true);
});

test.each([
  ['whose head is no HTTP', 'GET / HTTP/1.1\r\nno header\r\n\r\n'],
  ['whose body is no HTTP', 'POST / HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
])('a request %s gets 400 behind the answer of the good one before it', async (_what, broken) => {
  const responses: ServerResponse[] = [];
  const { url } = await serve((_request, response) => void responses.push(response));
  const client = await connect(url);
  client.write(`GET / HTTP/1.1\r\nHost: gateway\r\n\r\n${broken}`);
  await expect.poll(() => responses.length).toBeGreaterThan(0);
  // Another connection's whole life: time in which this one could have ended.
  const other = await connect(url);
  other.write(broken);
  await expect.poll(other.isOpen).toBe(false);
  expect(other.received()).toMatch(/^HTTP\/1\.1 400 /);
  expect([client.isOpen(), client.received()]).toEqual([true, '']);

  responses[0]?.end('answered');
  await expect.poll(client.isOpen).toBe(false);
  expect(client.received().match(/HTTP\/1\.1 \d+|answered/g)).toEqual([
    'HTTP/1.1 200',
    'answered',
    'HTTP/1.1 400',
  ]);
});

test('a client that is too slow is told so with the headers that were set for it', async () => {
  const server = await startServer({
    listener: (_request, response) =>
      void response.setHeader('access-control-allow-origin', 'https://a.example'),
    host: '127.0.0.1',
    port: 0,
    headTimeoutMs: 100,
    requestTimeoutMs: 200,
  });
  onTestFinished(() => server.close(0));
  const client = await connect(server.url);
  client.write('POST / HTTP/1.1\r\nHost: gateway\r\nContent-Length: 100\r\n\r\nslow');
  await expect.poll(client.isOpen, { timeout: 5_000 }).toBe(false);
  expect(client.received()).toMatch(/^HTTP\/1\.1 408 .*access-control-allow-origin: https:\/\/a\.example/s);
});
