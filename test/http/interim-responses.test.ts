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
  return { server, get: () => sender.send({ method: 'GET', url: server.url }) };
}

test.each([
  ['103', [HINTS, OK]],
  ['102', ['HTTP/1.1 102 Processing\r\n\r\n', OK]],
  ['100 that nobody asked for', [CONTINUE, OK]],
  ['100 in the same packet', [CONTINUE + OK]],
  ['100 with headers, in two pieces', ['HTTP/1.1 100 Continue\r\nDate: to', `day\r\n\r\n${OK}`]],
  ['several of them', [CONTINUE, HINTS + CONTINUE, CONTINUE + HINTS, OK]],
])('an interim response is passed over: %s', async (_what, pieces) => {
  const { server, get } = await setUp(pieces);
  for (let time = 0; time < 3; time += 1) {
    const { status, body } = await get();
    expect({ status, body: body.toString() }).toEqual({ status: 200, body: 'ok' });
  }
  expect(server.sockets).toHaveLength(1);
});

test('a body that looks like an interim response is left as it is', async () => {
  const text = `${CONTINUE}${'x'.repeat(10)}`;
  const { get } = await setUp([`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n`, text]);
  expect((await get()).body.toString()).toBe(text);
  expect((await get()).body.toString()).toBe(text);
});
