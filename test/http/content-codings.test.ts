import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createSender } from '../../src/http/create-send.ts';
import { applyPolicies, type HttpResponse } from '../../src/http/send.ts';
import { withDeadline } from '../../src/http/with-deadline.ts';
import { startRawServer } from '../support/raw-server.ts';

const TEXT = JSON.stringify({ records: Array.from({ length: 50 }, (_, id) => ({ id })) });

/** Gets what `answer` sends, with a body of 10 kB at most. */
async function get(answer: (socket: Socket) => void) {
  const server = await startRawServer(answer);
  const sender = createSender({ maxConnections: 1, maxBodyBytes: 10_000 });
  onTestFinished(() => sender.close());
  const send = applyPolicies(sender.send, withDeadline({ clock: systemClock, timeoutMs: 5_000 }));
  return { server, answer: send({ route: 'test', method: 'GET', url: server.url }) };
}

function packed(coding: string, body: Buffer, status = '200 OK') {
  return (socket: Socket) => {
    socket.write(`HTTP/1.1 ${status}\r\nContent-Encoding: ${coding}\r\n`);
    socket.write(`Content-Length: ${body.byteLength}\r\n\r\n`);
    socket.write(body);
  };
}

/** The text, packed so many times. */
function gzipped(times: number): Buffer {
  return Array.from({ length: times }).reduce<Buffer>((body) => gzipSync(body), Buffer.from(TEXT));
}

const textOf = ({ body }: HttpResponse) => body.toString();

test('the request says which codings it takes', async () => {
  const server = createServer((request, response) => response.end(request.headers['accept-encoding']));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const sender = createSender({ maxConnections: 1, maxBodyBytes: 100 });
  onTestFinished(() => sender.close());
  const { port } = server.address() as AddressInfo;
  const answer = await sender.send({
    route: 'test',
    method: 'GET',
    url: new URL(`http://127.0.0.1:${port}/`),
  });
  expect(textOf(answer)).toBe('gzip, deflate, br');
});

test.each([
  ['gzip', gzipSync(TEXT)],
  ['x-gzip', gzipSync(TEXT)],
  ['GZip', gzipSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
  ['deflate', deflateRawSync(TEXT)],
  ['identity', Buffer.from(TEXT)],
  ['gzip, br', brotliCompressSync(gzipSync(TEXT))],
  ['deflate, identity, gzip', gzipSync(deflateSync(TEXT))],
  ['none', Buffer.from(TEXT)],
  ['utf-8', Buffer.from(TEXT)],
  ['gzip, utf-8', gzipSync(TEXT)],
  ['gzip, gzip, gzip, gzip', gzipped(4)],
])('a body packed with %s comes unpacked', async (coding, body) => {
  const { answer } = await get(packed(coding, body));
  expect(textOf(await answer)).toBe(TEXT);
});

test('a body in a coding that is not known is read as it is', async () => {
  const body = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00]);
  const { answer } = await get(packed('zstd', body));
  expect((await answer).body).toEqual(body);
});

test('the header without a body is no body', async () => {
  const { answer } = await get(packed('gzip', Buffer.alloc(0)));
  expect(textOf(await answer)).toBe('');
});

test.each([
  ['a coding that it is not', 'gzip', Buffer.from(TEXT), 'cannot be unpacked'],
  ['a coding that it is not', 'br', Buffer.from(TEXT), 'cannot be unpacked'],
  ['a coding that is cut', 'gzip', gzipSync(TEXT).subarray(0, -20), 'cannot be unpacked'],
  ['one coding more than are unpacked', 'gzip, gzip, gzip, gzip, gzip', gzipped(5), 'packed too often'],
  ['more codings than anybody needs', 'gzip,'.repeat(1_000), gzipSync(TEXT), 'packed too often'],
])('a body with %s is a bad response', async (_what, coding, body, message) => {
  const { answer } = await get(packed(coding, body));
  await expect(answer).rejects.toMatchObject({
    code: 'UPSTREAM_BAD_RESPONSE',
    message: expect.stringContaining(message),
    responseLost: true,
  });
});

test('a connection that breaks in a packed body is unavailable', async () => {
  const { answer } = await get((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n');
    socket.end(gzipSync(TEXT).subarray(0, 20));
  });
  await expect(answer).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', responseLost: true });
});

test('a small body that unpacks to a huge one is refused', async () => {
  const { answer } = await get(packed('gzip', gzipSync(Buffer.alloc(9_000_000))));
  await expect(answer).rejects.toThrow('larger than the gateway reads (10000 bytes)');
});

test.each([
  ['that unpacks without end', () => Buffer.alloc(65_536)],
  ['packed twice, that unpacks without end', () => gzipSync(Buffer.alloc(65_536))],
])('a body %s is refused while it arrives, and its socket is freed', async (how, block) => {
  const { server, answer } = await get((socket) => {
    const coding = how.includes('twice') ? 'gzip, gzip' : 'gzip';
    socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\n\r\n`);
    const bomb = createGzip();
    bomb.pipe(socket);
    const flood = setInterval(() => bomb.write(block(), () => bomb.flush()), 1);
    socket.on('close', () => clearInterval(flood));
  });
  await expect(answer).rejects.toThrow('larger than the gateway reads');
  await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
});

test('a body that arrives without end and unpacks to nothing is refused', async () => {
  const nothing = gzipSync('');
  const { server, answer } = await get((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n');
    const flood = setInterval(() => socket.write(Buffer.concat(Array(100).fill(nothing))), 1);
    socket.on('close', () => clearInterval(flood));
  });
  await expect(answer).rejects.toThrow('larger than the gateway reads');
  await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
});

test.each([
  ['401 Unauthorized', 'br', 401],
  ['503 Broken', 'gzip', 503],
])('a status that says %s counts, though its body cannot be unpacked', async (line, coding, status) => {
  const { answer } = await get(packed(coding, Buffer.from('<html>'), line));
  expect(await answer).toMatchObject({ status, body: Buffer.alloc(0) });
});
