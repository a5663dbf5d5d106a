import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createSender } from '../../src/http/create-send.ts';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { Secret } from '../../src/secret.ts';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { startGatewayFor } from '../support/gateway-harness.ts';

function proxiesAt(port: number, except = '') {
  const proxy = new Secret(`http://user:CANARY@127.0.0.1:${port}`);
  return { https: proxy, http: proxy, except };
}

/** How a request to a name ends that only the proxy knows. */
async function failureThrough(port: number, signal?: AbortSignal): Promise<unknown> {
  const sender = createSender({ maxConnections: 1, maxBodyBytes: 100, proxies: proxiesAt(port) });
  onTestFinished(() => sender.close());
  const url = new URL('https://upstream.test/');
  return sender
    .send({ route: 'test', method: 'GET', url, ...(signal && { signal }) })
    .catch((error: unknown) => error);
}

test('pages and tokens go through the proxy', async () => {
  const sandbox = await startSandbox({});
  onTestFinished(() => sandbox.close());
  const proxy = await startConnectProxy({ toPort: Number(new URL(sandbox.url).port) });
  const gateway = await startGatewayFor('http://gospeech.test', sandbox.credentials, {
    upstream: { proxies: proxiesAt(proxy.port) },
  });
  const { body } = await gateway.query('{ worklist(limit: 3) { records { id } } token { tokenType } }');
  expect(body.errors).toBeUndefined();
  const tunnel = { authority: 'gospeech.test:80', credentials: 'user:CANARY' };
  expect(proxy.tunnels).toEqual([tunnel, tunnel]);
});

test('loopback is reached directly, for the sandbox and for who else lives there', async () => {
  const sandbox = await startSandbox({});
  onTestFinished(() => sandbox.close());
  const gateway = await startGatewayFor(sandbox.url, sandbox.credentials, {
    upstream: { proxies: proxiesAt(1) },
  });
  const { body } = await gateway.query('{ worklist(limit: 3) { records { id } } }');
  expect(body.errors).toBeUndefined();
});

test.each([
  ['asks for credentials', '407 Proxy Authentication Required', /credentials.*HTTPS_PROXY/, false],
  ['refuses', '403 Forbidden', /HTTP 403.*rules and NO_PROXY/, false],
  ['cannot reach it just now', '502 Bad Gateway', /HTTP 502/, true],
])('a proxy that %s is told, and nothing was sent', async (_what, line, hint, mayRetryAtOnce) => {
  const { port } = await startConnectProxy({
    toPort: 1,
    answer: (socket) => void socket.end(`HTTP/1.1 ${line}\r\nContent-Length: 0\r\n\r\n`),
  });
  expect(await failureThrough(port)).toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
    message: 'GoSpeech could not be reached.',
    hint: expect.stringMatching(hint),
    responseLost: false,
    mayRetryAtOnce,
  });
});

test.each([
  ['is not there', 0],
  ['closes without an answer', (socket: Socket) => void socket.destroy()],
])('a proxy that %s is told, once', async (_what, answer) => {
  const proxy = typeof answer === 'number' ? undefined : await startConnectProxy({ toPort: 1, answer });
  expect(await failureThrough(proxy?.port ?? 1)).toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
    message: 'GoSpeech could not be reached.',
    hint: expect.stringContaining('The proxy itself could not be reached'),
    responseLost: false,
    mayRetryAtOnce: true,
  });
  expect(proxy?.tunnels ?? [1]).toHaveLength(1);
});

test('a caller does not wait for a proxy that hangs', async () => {
  const proxy = await startConnectProxy({ toPort: 1, answer: () => {} });
  const caller = new AbortController();
  const outcome = failureThrough(proxy.port, caller.signal);
  await expect.poll(() => proxy.tunnels).toHaveLength(1);
  caller.abort(new Error('gone'));
  expect(await outcome).toEqual(new Error('gone'));
});
