import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { createServer as createPlainServer, type AddressInfo, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { createSender } from '../../src/http/create-send.ts';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { createAuthority, type Certificate } from '../support/certificates.ts';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { startGatewayFor } from '../support/gateway-harness.ts';
import { startRawServer } from '../support/raw-server.ts';

const SEND_ONCE = fileURLToPath(new URL('../support/send-once.ts', import.meta.url));

/** The port of an HTTPS server that answers `ok`, and how often it was asked. */
async function startTlsServer(certificate: Certificate) {
  let requests = 0;
  const server = createServer(certificate, (_request, response) => {
    requests += 1;
    response.end('ok');
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, requests: () => requests };
}

/** What comes of one request, in a process that trusts `authority`. */
async function sendOnce(authority: string, ...args: readonly string[]): Promise<unknown> {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: authority };
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', SEND_ONCE, ...args], {
    env,
    timeout: 15_000,
  });
  return JSON.parse(stdout);
}

const neverSent = (what: string, hint: RegExp) => ({
  code: 'UPSTREAM_UNAVAILABLE',
  message: `GoSpeech could not be reached: ${what}.`,
  hint: expect.stringMatching(hint),
  responseLost: false,
  mayRetryAtOnce: false,
});

test('a certificate of an authority that NODE_EXTRA_CA_CERTS names is trusted', async () => {
  const authority = createAuthority();
  const { port } = await startTlsServer(authority.issue('localhost'));
  expect(await sendOnce(authority.file, `https://localhost:${port}/`)).toEqual({ status: 200, body: 'ok' });
});

test.each([
  ['has expired', 'localhost', -1, 'its certificate is not valid now', /clock/],
  ['is for another host', 'elsewhere.test', 1, 'its certificate is for another host', /GOSPEECH_BASE_URL/],
])('a certificate that %s is told, and nothing was sent', async (_what, host, days, what, hint) => {
  const authority = createAuthority();
  const { port, requests } = await startTlsServer(authority.issue(host, days));
  expect(await sendOnce(authority.file, `https://localhost:${port}/`)).toEqual(neverSent(what, hint));
  expect(requests()).toBe(0);
});

/** A server without TLS, which does this with whatever comes first. */
async function startPlainServer(answer: (socket: Socket) => void): Promise<{ readonly port: number }> {
  const server = createPlainServer((socket) => {
    socket.on('error', () => {}).once('data', () => answer(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port };
}

/** What comes of one request in this process, which trusts no authority of a test's. */
async function failureOf(url: string): Promise<unknown> {
  const sender = createSender({ maxConnections: 1, maxBodyBytes: 100 });
  onTestFinished(() => sender.close());
  return sender.send({ route: 'test', method: 'GET', url: new URL(url) }).catch((error: unknown) => error);
}

test('a certificate of an unknown authority is told, with what to do', async () => {
  const { port, requests } = await startTlsServer(createAuthority().issue('localhost'));
  expect(await failureOf(`https://localhost:${port}/`)).toMatchObject(
    neverSent('its certificate is not trusted', /NODE_EXTRA_CA_CERTS/),
  );
  expect(requests()).toBe(0);
});

test('plain HTTP where TLS is expected is told', async () => {
  const { port } = await startPlainServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  expect(await failureOf(`https://127.0.0.1:${port}/`)).toMatchObject(
    neverSent('it does not speak TLS there', /scheme and port in GOSPEECH_BASE_URL/),
  );
});

test('TLS where plain HTTP is expected is told', async () => {
  const { url } = await startRawServer((socket) => socket.end(Buffer.from([0x15, 3, 1, 0, 2, 2, 70])));
  expect(await failureOf(url.href)).toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
    message: 'GoSpeech could not be reached without TLS.',
    hint: expect.stringContaining('https'),
    responseLost: false,
    mayRetryAtOnce: false,
  });
});

test('a handshake that breaks has sent nothing, and may be repeated', async () => {
  const { port } = await startPlainServer((socket) => socket.destroy());
  expect(await failureOf(`https://127.0.0.1:${port}/`)).toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
    message: 'GoSpeech could not be reached.',
    responseLost: false,
    mayRetryAtOnce: true,
  });
});

test('a proxy leads to a server by name, with TLS from end to end and its own credentials', async () => {
  const authority = createAuthority();
  const { port: toPort } = await startTlsServer(authority.issue('upstream.test'));
  const proxy = await startConnectProxy({ toPort });
  const url = `http://user:p%40ss@127.0.0.1:${proxy.port}`;
  expect(await sendOnce(authority.file, 'https://upstream.test/', url)).toEqual({ status: 200, body: 'ok' });
  expect(proxy.tunnels).toEqual([{ authority: 'upstream.test:443', credentials: 'user:p@ss' }]);
});

test('a proxy that opens TLS with an authority of its own is told as a certificate that is not trusted', async () => {
  const [authority, other] = [createAuthority(), createAuthority()];
  const { port: toPort } = await startTlsServer(other.issue('upstream.test'));
  const proxy = await startConnectProxy({ toPort });
  const outcome = await sendOnce(authority.file, 'https://upstream.test/', `http://127.0.0.1:${proxy.port}`);
  expect(outcome).toEqual(neverSent('its certificate is not trusted', /NODE_EXTRA_CA_CERTS/));
});

test('a certificate that is not trusted is not asked for again', async () => {
  const { port } = await startTlsServer(createAuthority().issue('localhost'));
  const sandbox = await startSandbox({});
  onTestFinished(() => sandbox.close());
  const gateway = await startGatewayFor(sandbox.url, sandbox.credentials, {
    upstream: { apiUrl: new URL(`https://localhost:${port}/api/`) },
  });
  const { body } = await gateway.query('{ worklist(limit: 3) { total } }');
  expect(body.errors?.map(({ message }) => message)).toEqual([
    'GoSpeech could not be reached: its certificate is not trusted.',
  ]);
  expect(gateway.events.filter(({ type }) => type === 'upstream.failed')).toHaveLength(1);
});
