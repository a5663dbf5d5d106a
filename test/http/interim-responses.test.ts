import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createSender } from '../../src/http/create-send.ts';
import { settle } from '../support/manual-clock.ts';
import { startRawServer } from '../support/raw-server.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n';
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

async function setUp(pieces: readonly string[]) {
  const answer = async (socket: Socket) => {
    for (const piece of pieces) {
      socket.write(piece);
      // Each in a packet of its own.
      for (let turn = 0; turn < 20; turn += 1) await settle();
    }
  };
  const server = await startRawServer((socket) => void answer(socket));
  const sender = createSender({ maxConnections: 1, maxBodyBytes: 100 });
  onTestFinished(() => sender.close());
  return { server, get: () => sender.send({ route: 'test', method: 'GET', url: server.url }) };
}

test.each([
  ['103', [HINTS, OK]],
  ['102', ['HTTP/1.1 102 Processing\r\n\r\n', OK]],
  ['100 that nobody asked for', [CONTINUE, OK]],
  ['100 in the same packet', [CONTINUE + OK]],
  ['100 with headers, in two pieces', ['HTTP/1.1 100 Continue\r\nDate: to', `day\r\n\r\n${OK}`]],
  ['100 that is cut in its version', ['HT', CONTINUE.slice(2), OK]],
  ['100 that is cut before its status', ['HTTP/1.1 ', CONTINUE.slice(9), OK]],
  ['100 that is cut in its status', [CONTINUE.slice(0, 11), CONTINUE.slice(11), OK]],
  ['100 that is cut after its status', [CONTINUE.slice(0, 12), CONTINUE.slice(12), OK]],
  ['100 and the begin of the answer', [CONTINUE + OK.slice(0, 5), OK.slice(5)]],
  ['103 byte by byte', [...HINTS.split(''), OK]],
  ['none, and an answer byte by byte', OK.split('')],
  ['several of them', [CONTINUE, HINTS + CONTINUE, CONTINUE + HINTS, OK]],
])('an interim response is passed over: %s', async (_what, pieces) => {
  const { server, get } = await setUp(pieces);
  for (let time = 0; time < 3; time += 1) {
    const { status, body } = await get();
    expect({ status, body: body.toString() }).toEqual({ status: 200, body: 'ok' });
  }
  expect(server.sockets).toHaveLength(1);
});

test('an interim response of more than 16 KiB is left to the parser, which refuses it', async () => {
  const long = (bytes: number) =>
    `HTTP/1.1 100 Continue\r\n${`X: ${'x'.repeat(996)}\r\n`.repeat(bytes / 1_000)}\r\n`;
  const { get: getBelow } = await setUp([long(16_000), OK]);
  expect((await getBelow()).status).toBe(200);
  const { get: getAbove } = await setUp([long(17_000), OK]);
  await expect(getAbove()).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
});

test('a body that looks like an interim response is left as it is', async () => {
  const text = `${CONTINUE}${'x'.repeat(10)}`;
  const { get } = await setUp([`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n`, text]);
  expect((await get()).body.toString()).toBe(text);
  expect((await get()).body.toString()).toBe(text);
});
