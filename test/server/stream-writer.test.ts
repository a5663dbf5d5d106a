import { once } from 'node:events';
import { connect } from 'node:net';
import type { ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../src/server/start-server.ts';
import { chooseFraming, type StreamFraming } from '../../src/server/stream-framing.ts';
import { createStreamWriter } from '../../src/server/stream-writer.ts';

function framingFor(accept: string): StreamFraming {
  const framing = chooseFraming(accept);
  if (framing === undefined) throw new Error('There is no such stream.');
  return framing;
}

/** A response in which results are to be written, and the socket of its client, which reads nothing yet. */
async function setUp() {
  const responses: ServerResponse[] = [];
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    listener: (_request, response) => responses.push(response),
  });
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(server.url).port) });
  onTestFinished(async () => {
    socket.destroy();
    await server.close(0);
  });
  await once(socket, 'connect');
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await expect.poll(() => responses).toHaveLength(1);
  const [response] = responses;
  if (response === undefined) throw new Error('There is a response.');
  return { response, socket, writer: createStreamWriter(response, framingFor('text/event-stream'), []) };
}

test('a client that does not read loses results in between, never the last, and takes no more memory', async () => {
  const { response, socket, writer } = await setUp();
  const results = 2_000;
  const filling = 'x'.repeat(50_000);
  let mostBytes = 0;
  for (let number = 1; number <= results; number += 1) {
    writer.write(JSON.stringify({ number, filling }));
    writer.beat();
    mostBytes = Math.max(mostBytes, response.writableLength + (response.socket?.writableLength ?? 0));
    if (number % 100 === 0) await new Promise(setImmediate);
  }
  expect(mostBytes).toBeLessThan(1_000_000);

  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  socket.resume();
  const numbers = () => [...text.matchAll(/"number":(\d+)/g)].map(([, number]) => Number(number));
  await expect.poll(() => numbers().at(-1)).toBe(results);
  expect(numbers().length).toBeLessThan(results);
  expect(numbers()).toEqual(numbers().toSorted((a, b) => a - b));
});

test('what waits for the client comes before the end', async () => {
  const { socket, writer } = await setUp();
  const filling = 'x'.repeat(500_000);
  for (let number = 1; number <= 20; number += 1) writer.write(JSON.stringify({ number, filling }));
  writer.end(true);
  writer.write('"too late"');
  writer.end(false);
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  socket.resume();
  await expect.poll(() => text).toMatch(/event: complete\ndata:\n\n/);
  expect(text).toContain('"number":20');
  expect(text).not.toContain('too late');
});

test.each([
  ['text/event-stream', 'text/event-stream; charset=utf-8'],
  ['application/json;q=0.5, TEXT/event-stream', 'text/event-stream; charset=utf-8'],
  [
    'multipart/mixed;subscriptionSpec=1.0, application/json',
    'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0',
  ],
  [
    'multipart/mixed;boundary="-";subscriptionSpec="1.0"',
    'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0',
  ],
  [
    'text/event-stream;q=0.1, multipart/mixed;subscriptionSpec=1.0',
    'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0',
  ],
  ['multipart/mixed', undefined],
  ['multipart/mixed;subscriptionSpec=2.0', undefined],
  ['text/event-stream;q=0', undefined],
  ['*/*', undefined],
  ['text/*', undefined],
  ['', undefined],
  [undefined, undefined],
])('Accept: %s is answered by a stream of %s', (accept, contentType) => {
  expect(chooseFraming(accept)?.contentType).toBe(contentType);
});
