import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startSandbox } from '../src/sandbox/start-sandbox.ts';
import { startProcess } from './support/gateway-process.ts';

const ANY_PORT = { PORT: '0' };

async function queryAt(url: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ worklist { total } }' }),
  });
  return response.json();
}

test('with no settings the gateway starts on the sandbox, says so, and answers', async () => {
  const gateway = startProcess(ANY_PORT);
  const url = await gateway.url();
  expect(gateway.output()).toContain('{ worklist(limit: 3)');
  expect(gateway.output()).toContain('Connected to the sandbox');
  expect(await queryAt(url)).toEqual({ data: { worklist: { total: 240 } } });
});

test('with credentials in .env the gateway uses that account, and never prints it', async () => {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const { clientId, clientSecret, username, password } = sandbox.credentials;
  const gateway = startProcess(
    { ...ANY_PORT, LOG_LEVEL: 'trace' },
    {
      '.env': [
        `GOSPEECH_BASE_URL=${sandbox.url}`,
        `GOSPEECH_CLIENT_ID=${clientId}`,
        `GOSPEECH_CLIENT_SECRET=${clientSecret}`,
        `GOSPEECH_USERNAME=${username}`,
        `GOSPEECH_PASSWORD=${password}`,
      ].join('\n'),
    },
  );
  expect(await queryAt(await gateway.url())).toEqual({ data: { worklist: { total: 240 } } });
  expect(gateway.output()).toContain(`Connected to GoSpeech at ${sandbox.url}`);
  expect(gateway.output()).not.toContain(clientSecret);
  expect(gateway.output()).not.toContain(password);
});

test('with wrong credentials the gateway starts, is not ready, and its log says what to check', async () => {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const gateway = startProcess({
    ...ANY_PORT,
    GOSPEECH_BASE_URL: sandbox.url,
    GOSPEECH_CLIENT_ID: sandbox.credentials.clientId,
    GOSPEECH_CLIENT_SECRET: 'WRONG-SECRET',
    GOSPEECH_USERNAME: sandbox.credentials.username,
  });
  const url = await gateway.url();
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  expect(gateway.output()).toContain('GOSPEECH_PASSWORD is not set');
  expect(gateway.output()).toMatch(/invalid_client.*check GOSPEECH_CLIENT_ID/);
  expect(gateway.output()).not.toContain('WRONG-SECRET');
});

test('wrong settings are told all at once, and the exit code is 1', async () => {
  const gateway = startProcess({ PORT: 'VALUE-1', LOG_LEVEL: 'VALUE-2' });
  expect(await gateway.exited).toBe(1);
  expect(gateway.output().trim().split('\n')).toEqual([
    'These settings are wrong:',
    'PORT must be a whole number from 0 to 65535',
    'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent',
  ]);
});

test('a port that is taken is told in one line, and the exit code is 1', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  onTestFinished(() => void holder.close());
  const { port } = holder.address() as AddressInfo;
  const gateway = startProcess({ PORT: String(port) });
  expect(await gateway.exited).toBe(1);
  expect(gateway.output()).toBe(
    `Port ${port} on 127.0.0.1 is taken: set PORT to a free one, or stop what listens there.\n`,
  );
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends the gateway with exit code 0', async (signal) => {
  const gateway = startProcess(ANY_PORT);
  await queryAt(await gateway.url());
  gateway.kill(signal);
  expect(await gateway.exited).toBe(0);
});

test('a request in flight is answered before the gateway ends', async () => {
  const sandbox = await startSandbox({ settings: { latencyMs: 300 } });
  onTestFinished(() => sandbox.close());
  const { clientId, clientSecret, username, password } = sandbox.credentials;
  const gateway = startProcess({
    ...ANY_PORT,
    GOSPEECH_BASE_URL: sandbox.url,
    GOSPEECH_CLIENT_ID: clientId,
    GOSPEECH_CLIENT_SECRET: clientSecret,
    GOSPEECH_USERNAME: username,
    GOSPEECH_PASSWORD: password,
  });
  const answer = queryAt(await gateway.url());
  await expect.poll(() => sandbox.worklistRequests().length, { timeout: 5_000 }).toBe(1);
  gateway.kill('SIGTERM');
  expect(await answer).toEqual({ data: { worklist: { total: 240 } } });
  expect(await gateway.exited).toBe(0);
});
