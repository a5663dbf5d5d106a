import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { SANDBOX_CREDENTIALS } from '../src/sandbox/credentials.ts';
import { startSandbox, type SandboxOptions } from '../src/sandbox/start-sandbox.ts';
import { documentHash } from '../src/document-hash.ts';
import { createGate } from './support/gate.ts';
import { freePorts } from './support/free-ports.ts';
import { startProcess } from './support/gateway-process.ts';
import { settingsFor } from './support/spawn-gateway.ts';

const ANY_PORT = { PORT: '0' };

/** A sandbox in this process, closed when the test ends. */
async function startSandboxHere(options: SandboxOptions = {}) {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

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
  await expect.poll(gateway.output).toContain('Connected to the sandbox');
  expect(gateway.output()).toMatch(/"level":40,.*All recordings are invented/);
  expect(await queryAt(url)).toEqual({ data: { worklist: { total: 240 } } });
});

test('with credentials in .env the gateway uses that account, and never prints it', async () => {
  const sandbox = await startSandboxHere();
  const { clientSecret, password } = sandbox.credentials;
  const lines = Object.entries(settingsFor(sandbox)).map(([name, value]) => `${name}=${value}`);
  const gateway = startProcess({ LOG_LEVEL: 'trace' }, { '.env': lines.join('\n') });
  expect(await queryAt(await gateway.url())).toEqual({ data: { worklist: { total: 240 } } });
  expect(gateway.output()).toContain(`Connected to GoSpeech at ${sandbox.url}`);
  expect(gateway.output()).not.toContain(clientSecret);
  expect(gateway.output()).not.toContain(password);
});

test('with wrong credentials the gateway starts, is not ready, and its log says what to check', async () => {
  const gateway = startProcess({
    ...settingsFor(await startSandboxHere()),
    GOSPEECH_CLIENT_SECRET: 'WRONG-SECRET',
    GOSPEECH_PASSWORD: '',
  });
  const url = await gateway.url();
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  expect(gateway.output()).toContain('GOSPEECH_PASSWORD is not set');
  await expect.poll(gateway.output).toMatch(/invalid_client.*check GOSPEECH_CLIENT_ID/);
  expect(gateway.output()).not.toContain('Connected to');
  expect(gateway.output()).not.toContain('WRONG-SECRET');
});

test('with everything down the gateway starts, and is ready by itself once the upstream is there', async () => {
  const [port = 0] = await freePorts(1);
  const gateway = startProcess(
    settingsFor({ url: `http://127.0.0.1:${port}`, credentials: SANDBOX_CREDENTIALS }),
  );
  const url = await gateway.url();
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  await expect
    .poll(async () => (await fetch(`${url}/readyz`)).json())
    .toEqual({ ready: false, reason: 'UPSTREAM_UNAVAILABLE', upstream: 'failing', token: 'none' });
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  expect(gateway.output()).toContain('Logging in to GoSpeech');
  expect(gateway.output()).not.toContain('Connected to');

  const sandbox = await startSandboxHere({ port });
  // Nobody asks the gateway anything meanwhile.
  await expect.poll(() => sandbox.tokenRequests().length, { timeout: 15_000 }).toBe(1);
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200);
  expect(gateway.output()).toContain('Connected to GoSpeech');
  expect(sandbox.tokenRequests()).toHaveLength(1);
  expect(await queryAt(url)).toEqual({ data: { worklist: { total: 240 } } });
});

test('who the log says it logs in to is the token endpoint, wherever the API is', async () => {
  const sandbox = await startSandboxHere();
  const gateway = startProcess({ ...settingsFor(sandbox), GOSPEECH_API_URL: 'http://127.0.0.1:9/api/' });
  await gateway.url();
  await expect.poll(gateway.output).toContain(`Connected to GoSpeech at ${sandbox.url}`);
  expect(gateway.output()).toContain(`Logging in to GoSpeech at ${sandbox.url}`);
});

test.each([
  [
    'gateway.example,localhost:4000',
    '/graphql (with the Host gateway.example or localhost:4000, as GATEWAY_HOSTS says)"',
  ],
  ['gateway.example,127.0.0.1', '/graphql"'],
])('with GATEWAY_HOSTS=%s the address in the log ends in %s', async (hosts, end) => {
  const gateway = startProcess({ ...ANY_PORT, GATEWAY_HOSTS: hosts, GOSPEECH_SANDBOX: 'yes' });
  const url = await gateway.url();
  expect(gateway.output()).toContain(`${url}${end}`);
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

test('credentials that are blank or misspelt do not start the sandbox, and are told', async () => {
  const gateway = startProcess(
    { NODE_ENV: 'production', GOSPEECH_CLIENTID: 'x' },
    { '.env': 'GOSPEECH_CLIENT_SECRET=\n' },
  );
  expect(await gateway.exited).toBe(1);
  expect(gateway.output().trim().split('\n')).toEqual([
    'These settings are wrong:',
    'GOSPEECH_CLIENT_ID must be set',
    'GOSPEECH_CLIENT_SECRET must be set',
    'GOSPEECH_USERNAME must be set',
    expect.stringMatching(
      /^GOSPEECH_SANDBOX must be yes .* in spite of NODE_ENV, GOSPEECH_\w+, GOSPEECH_\w+$/,
    ),
    'These look like mistakes, though they alone stop nothing:',
    'GOSPEECH_CLIENTID is no setting. The nearest one is GOSPEECH_CLIENT_ID.',
  ]);
});

test('a # in the unquoted password of .env reaches GoSpeech', async () => {
  const sandbox = await startSandboxHere();
  const { GOSPEECH_PASSWORD: _password, ...settings } = settingsFor(sandbox);
  const gateway = startProcess(settings, { '.env': 'GOSPEECH_PASSWORD=ab#cd' });
  await gateway.url();
  await expect.poll(() => sandbox.tokenRequests()[0]?.form['password'], { timeout: 5_000 }).toBe('ab#cd');
});

test.each(['::1', '[::1]'])(
  'HOST=%s listens on IPv6, and an idle connection is kept as KEEP_ALIVE_MS says',
  async (host) => {
    const gateway = startProcess({ ...ANY_PORT, HOST: host, KEEP_ALIVE_MS: '600000' });
    const url = await gateway.url();
    expect(new URL(url).hostname).toBe('[::1]');
    const { headers } = await fetch(`${url}/livez`);
    expect(headers.get('keep-alive')).toBe('timeout=600');
  },
);

test.each(['json', 'pretty'])(
  'a reader of the %s log that goes away does not take the gateway with it',
  async (format) => {
    const gateway = startProcess({ ...ANY_PORT, LOG_LEVEL: 'trace', LOG_FORMAT: format });
    const url = await gateway.url();
    gateway.stopReading();
    for (let count = 0; count < 3; count += 1) {
      expect(await queryAt(url)).toEqual({ data: { worklist: { total: 240 } } });
    }
    gateway.kill('SIGTERM');
    expect(await gateway.exited).toBe(0);
  },
);

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

test('after SIGTERM the gateway is not ready at once, and answers for the drain period', async () => {
  const gateway = startProcess({ ...ANY_PORT, SHUTDOWN_DRAIN_MS: '600000' });
  const url = await gateway.url();
  gateway.kill('SIGTERM');
  // Once more at the same time, as from a terminal and from npm, does not shorten it.
  gateway.kill('SIGTERM');
  await expect.poll(gateway.output, { timeout: 5_000 }).toContain('SIGTERM: not ready any more');
  const readiness = await fetch(`${url}/readyz`);
  expect([readiness.status, await readiness.json()]).toEqual([
    503,
    expect.objectContaining({ ready: false, reason: 'SHUTTING_DOWN' }),
  ]);
  expect(readiness.headers.get('connection')).toBe('close');
  const live = await fetch(`${url}/livez`);
  expect([live.status, live.headers.get('connection')]).toEqual([200, 'close']);
  expect(await queryAt(url)).toEqual({ data: { worklist: { total: 240 } } });
});

test('the drain period over, the gateway ends with exit code 0', async () => {
  const gateway = startProcess({ ...ANY_PORT, SHUTDOWN_DRAIN_MS: '50' });
  await queryAt(await gateway.url());
  gateway.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);
});

test('Ctrl-C once more, when somebody does not want to wait, ends the gateway at once with 130', async () => {
  const gateway = startProcess({ ...ANY_PORT, SHUTDOWN_DRAIN_MS: '600000' });
  await gateway.url();
  gateway.kill('SIGTERM');
  await expect.poll(gateway.output, { timeout: 5_000 }).toContain('SIGTERM: not ready any more');
  // As a person does who sees nothing happen: again and again. The first half second does not count.
  const again = setInterval(() => gateway.kill('SIGINT'), 100);
  onTestFinished(() => clearInterval(again));
  expect(await gateway.exited).toBe(130);
  expect(gateway.output()).not.toContain('Stopped.');
});

test('SIGINT, as Ctrl-C sends it, waits for no drain period', async () => {
  const gateway = startProcess({ ...ANY_PORT, SHUTDOWN_DRAIN_MS: '600000' });
  await queryAt(await gateway.url());
  gateway.kill('SIGINT');
  expect(await gateway.exited).toBe(0);
});

test('a request in flight is answered before the gateway ends, however many signals come', async () => {
  const gate = createGate();
  const sandbox = await startSandboxHere({ settings: { faults: [{ on: 'worklist', until: gate.opened }] } });
  const gateway = startProcess(settingsFor(sandbox));
  const answer = queryAt(await gateway.url());
  await expect.poll(() => sandbox.worklistRequests().length, { timeout: 5_000 }).toBe(1);
  gateway.kill('SIGTERM');
  gateway.kill('SIGTERM');
  gateway.kill('SIGINT');
  await expect.poll(gateway.output).toContain('finishing the requests in flight');
  gate.open();
  expect(await answer).toEqual({ data: { worklist: { total: 240 } } });
  expect(await gateway.exited).toBe(0);
});

test('streams do not hold the end of the gateway', async () => {
  const gateway = startProcess({ ...ANY_PORT, SHUTDOWN_GRACE_MS: '600000' });
  const url = await gateway.url();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: 'subscription { worklist(limit: 1) { total } }' }),
  });
  const received = response.text();
  gateway.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);
  expect(await received).not.toContain('complete');
  expect(gateway.output()).not.toContain('cut off');
});

const DOCUMENT = '{ __typename }';

test('with an allow-list the log names no document to try that is not on it', async () => {
  const gateway = startProcess(
    { ...ANY_PORT, GATEWAY_DOCUMENTS: 'allow-list', GATEWAY_DOCUMENTS_FILE: 'documents.json' },
    { 'documents.json': JSON.stringify({ [documentHash(DOCUMENT)]: DOCUMENT }) },
  );
  await gateway.url();
  expect(gateway.output()).not.toContain('Try:');
});

test('a request that outlives the grace is cut off, and the exit code is still 0', async () => {
  const sandbox = await startSandboxHere({ settings: { faults: [{ on: 'worklist', hang: true }] } });
  const gateway = startProcess({
    ...settingsFor(sandbox),
    GOSPEECH_TIMEOUT_MS: '600000',
    SHUTDOWN_GRACE_MS: '50',
  });
  const answer = queryAt(await gateway.url());
  answer.catch(() => {});
  await expect.poll(() => sandbox.worklistRequests().length, { timeout: 5_000 }).toBe(1);
  gateway.kill('SIGTERM');
  await expect(answer).rejects.toThrow('fetch failed');
  expect(await gateway.exited).toBe(0);
  expect(gateway.output()).toMatch(/"requests":1,.*SHUTDOWN_GRACE_MS is over/);
});
