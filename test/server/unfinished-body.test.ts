import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../src/server/start-server.ts';
import { startGateway } from '../support/gateway-harness.ts';
import { sendBytes } from '../support/wire.ts';

const HEAD = [
  'POST /graphql HTTP/1.1',
  'Host: localhost',
  'Content-Type: application/json',
  'Origin: https://app.example',
].join('\r\n');

test.each([
  ['does not come in time', 408, `${HEAD}\r\nContent-Length: 100\r\n\r\n{"query"`],
  ['does not come in time, in pieces', 408, `${HEAD}\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"query"\r\n`],
  ['is no HTTP', 400, `${HEAD}\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"query"\r\nzz\r\n`],
])(
  'a page of a listed origin may read that a body %s (%i), and nothing has crashed',
  async (_what, status, bytes) => {
    const { gateway, events } = await startGateway({ access: { corsOrigins: ['https://app.example'] } });
    const server = await startServer({
      listener: gateway.handle,
      dress: gateway.dress,
      host: '127.0.0.1',
      port: 0,
      headTimeoutMs: 100,
      requestTimeoutMs: 200,
    });
    onTestFinished(() => server.close(0));
    const received = await sendBytes(server.url, bytes);
    expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(received).toContain('access-control-allow-origin: https://app.example\r\n');
    expect(received).toContain('connection: close\r\n');
    expect(events).toEqual([]);
  },
);
