import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createSender } from '../../src/http/create-send.ts';
import { applyPolicies, type Send } from '../../src/http/send.ts';
import { withDeadline } from '../../src/http/with-deadline.ts';
import { startRawServer } from '../support/raw-server.ts';

const OK = 'HTTP/1.1 200 OK\r\n';

function createSend({ timeoutMs = 300, maxBodyBytes = 1_000 } = {}): Send {
  const sender = createSender({ maxConnections: 4, maxBodyBytes });
  onTestFinished(() => sender.close());
  return applyPolicies(sender.send, withDeadline({ clock: systemClock, timeoutMs }));
}

test('an answer comes with its status, its headers and its whole body', async () => {
  const { url } = await startRawServer((socket) =>
    socket.end('HTTP/1.1 418 No\r\nX-Twice: a\r\nX-Twice: b\r\nContent-Length: 5\r\n\r\nhello'),
  );
  const { status, headers, body } = await createSend()({ route: 'test', method: 'GET', url });
  expect({ status, twice: headers['x-twice'], body: body.toString() }).toEqual({
    status: 418,
    twice: 'a, b',
    body: 'hello',
  });
});

test('connections are kept and used again', async () => {
  const server = await startRawServer((socket) => socket.write(`${OK}Content-Length: 2\r\n\r\nok`));
  const send = createSend();
  for (let count = 0; count < 5; count += 1) await send({ route: 'test', method: 'GET', url: server.url });
  expect(server.requests()).toBe(5);
  expect(server.sockets.length).toBeLessThan(5);
});

test('a redirect is an answer, and is not followed', async () => {
  const elsewhere = await startRawServer((socket) => socket.end(`${OK}\r\n`));
  const { url } = await startRawServer((socket) =>
    socket.end(`HTTP/1.1 302 Found\r\nLocation: ${elsewhere.url.href}\r\nContent-Length: 0\r\n\r\n`),
  );
  expect((await createSend()({ route: 'test', method: 'GET', url })).status).toBe(302);
  expect(elsewhere.requests()).toBe(0);
});

test('a server that is not there is unavailable, and cannot have seen the request', async () => {
  const answer = createSend()({ route: 'test', method: 'GET', url: new URL('http://127.0.0.1:1/') });
  await expect(answer).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', responseLost: false });
});

test.each([
  ['before the headers', ''],
  ['in the middle of a body', `${OK}Content-Length: 100\r\n\r\nhalf`],
  ['in the middle of a chunk', `${OK}Transfer-Encoding: chunked\r\n\r\n64\r\nhalf`],
])('a connection that breaks %s is unavailable, and its answer counts as lost', async (_when, sent) => {
  const { url } = await startRawServer((socket) => socket.end(sent));
  const answer = createSend()({ route: 'test', method: 'GET', url });
  await expect(answer).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', responseLost: true });
});

test.each([
  ['never answers', ''],
  ['stops in the headers', 'HTTP/1.1 200 OK\r\nContent-'],
  ['stops in the body', `${OK}Content-Length: 100\r\n\r\nhalf`],
])('a server that %s runs into the deadline, and its socket is freed', async (_how, sent) => {
  const server = await startRawServer((socket) => void (sent !== '' && socket.write(sent)));
  const answer = createSend()({ route: 'test', method: 'GET', url: server.url });
  await expect(answer).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT', responseLost: true });
  await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
});

test('a body that drips in a byte at a time runs into the deadline too', async () => {
  const server = await startRawServer((socket) => {
    socket.write(`${OK}Content-Length: 100000\r\n\r\n`);
    const drip = setInterval(() => socket.write('x'), 20);
    socket.on('close', () => clearInterval(drip));
  });
  const answer = createSend({ maxBodyBytes: 1e6 })({ route: 'test', method: 'GET', url: server.url });
  await expect(answer).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
});

test('the deadline holds even when nothing below it listens to its signal', async () => {
  const deaf: Send = () => new Promise(() => {});
  const send = applyPolicies(deaf, withDeadline({ clock: systemClock, timeoutMs: 50 }));
  await expect(
    send({ route: 'test', method: 'GET', url: new URL('http://127.0.0.1/') }),
  ).rejects.toMatchObject({
    code: 'UPSTREAM_TIMEOUT',
  });
});

test('a body larger than the limit is refused while it arrives, and its socket is freed', async () => {
  const server = await startRawServer((socket) => {
    socket.write(`${OK}Transfer-Encoding: chunked\r\n\r\n`);
    const flood = setInterval(() => socket.write(`400\r\n${'x'.repeat(1_024)}\r\n`), 1);
    socket.on('close', () => clearInterval(flood));
  });
  const answer = createSend({ timeoutMs: 5_000 })({ route: 'test', method: 'GET', url: server.url });
  await expect(answer).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
  await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
});

test('a caller that leaves gets its own reason at once, and the socket is freed', async () => {
  const server = await startRawServer(() => {});
  const caller = new AbortController();
  const answer = createSend({ timeoutMs: 5_000 })({
    route: 'test',
    method: 'GET',
    url: server.url,
    signal: caller.signal,
  });
  await expect.poll(() => server.requests()).toBe(1);
  caller.abort(new Error('gone'));
  await expect(answer).rejects.toThrow('gone');
  await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
});

test('a caller that has already left sends nothing', async () => {
  const server = await startRawServer((socket) => socket.end(`${OK}\r\n`));
  const send = createSend();
  const answer = send({
    route: 'test',
    method: 'GET',
    url: server.url,
    signal: AbortSignal.abort(new Error('gone')),
  });
  await expect(answer).rejects.toThrow('gone');
  expect(server.requests()).toBe(0);
});
