import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { SandboxSettings } from '../../src/sandbox/settings.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/start-sandbox.ts';
import { createAuthority } from '../support/certificates.ts';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { settingsFor } from '../support/spawn-gateway.ts';

const DOCTOR = fileURLToPath(new URL('../../src/commands/doctor.ts', import.meta.url));

/** What the doctor says, in a folder of its own with these settings alone, and the code it ends with. */
async function runDoctor(settings: Readonly<Record<string, string>>, ...words: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), DOCTOR, ...words], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...settings },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await exited;
  expect(error).toBe('');
  const failed = /^FAILED .*\n(?: {7}.*\n)*/m.exec(out)?.[0] ?? '';
  return { code, out, failed, folder };
}

async function startFor(settings: Partial<SandboxSettings> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ settings });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

test('where all is well each step has a line, each field where it comes from, and the code is 0', async () => {
  const sandbox = await startFor({ shape: 'dotnet' });
  const { code, out } = await runDoctor(settingsFor(sandbox));
  expect(out).toMatch(/^ok {5}Settings: .*\nok {5}DNS: 127\.0\.0\.1 .*\nok {5}Connection: /);
  for (const line of [
    'Token: granted for 3600 s, with a refresh token',
    'List: 20 records ← "/Items"',
    'total: ← "/TotalCount"',
    'id: ← "/Id" (string)',
    'title: ← "/DisplayName" (string)',
    'status: ← "/State" (string)',
    'createdAt: ← "/CreatedOn" (string)',
  ]) {
    expect(out).toContain(`ok     ${line}\n`);
  }
  expect(out).toMatch(/\nA query for the worklist works\.\n$/);
  expect(code).toBe(0);
  expect(sandbox.tokenRequests()).toHaveLength(1);
  expect(sandbox.worklistRequests()).toHaveLength(1);
});

test('nothing that it says is a secret, or a value of a record', async () => {
  const sandbox = await startFor();
  const { out } = await runDoctor(settingsFor(sandbox));
  const { clientSecret, password } = sandbox.credentials;
  const [authorization = ''] = sandbox.worklistRequests().map(({ headers }) => headers['authorization']);
  for (const secret of [clientSecret, password, authorization.replace('Bearer ', ''), 'Anhörung', 'm4a']) {
    expect(secret).not.toBe('');
    expect(out).not.toContain(secret);
  }
});

test('a body that is not understood is with the shape file that it writes', async () => {
  const sandbox = await startFor({ shape: 'german' });
  const first = await runDoctor(settingsFor(sandbox), '--save-shape', 'shape.json');
  expect(first.code).toBe(1);
  expect(first.failed).toBe(
    'FAILED id: is not found: no page can be served\n       It may be "/Kennung" (string).\n',
  );
  const file = join(first.folder, 'shape.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    total: '/Gesamtzahl',
    record: { id: '/Kennung', title: '/Bezeichnung', status: '/Stand/Name', progress: '/Stand/Anteil' },
  });
  const second = await runDoctor({ ...settingsFor(sandbox), GOSPEECH_SHAPE_FILE: file });
  expect(second.code).toBe(0);
  expect(second.out).toContain('ok     title: ← "/Bezeichnung" (string)\n');
  expect(second.out).toContain('Nothing says the unit of that number');
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  ['no account', {}, 'FAILED Settings: no service account is set'],
  ['a name with a typo', { GOSPEECH_CLIENTID: 'x' }, 'The nearest one is GOSPEECH_CLIENT_ID.'],
])('it stops at settings with %s, and says which', async (_what, settings, said) => {
  const { code, out } = await runDoctor(settings);
  expect(code).toBe(1);
  expect(out).toContain(said);
  expect(out).not.toContain('Token');
});

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  [
    'a host that is not',
    { GOSPEECH_BASE_URL: 'https://nowhere.invalid' },
    /DNS: nowhere\.invalid has no address/,
  ],
  [
    'a port where nobody listens',
    { GOSPEECH_BASE_URL: 'http://127.0.0.1:1' },
    /Connection: .*\n.*ECONNREFUSED/,
  ],
  [
    'a wrong password',
    { GOSPEECH_PASSWORD: 'wrong' },
    /Token: .*\n.*invalid_username_or_password.*Developer account/,
  ],
])('it stops at %s', async (_what, settings, said) => {
  const sandbox = await startFor();
  const { code, failed } = await runDoctor({ ...settingsFor(sandbox), ...settings });
  expect(failed).toMatch(said);
  expect(code).toBe(1);
});

test.each<[string, Partial<SandboxSettings>, RegExp]>([
  ['a token endpoint that fails', { faults: [{ on: 'token', status: 503 }] }, /Token: .*HTTP 503/],
  [
    'a worklist that is not there',
    { faults: [{ on: 'worklist', status: 404 }] },
    /Worklist: .*\n.*GOSPEECH_API_URL/,
  ],
  ['a page for people', { faults: [{ on: 'worklist', body: '<h1>Hi</h1>' }] }, /Worklist: .*not JSON/],
  [
    'a body without a list',
    { faults: [{ on: 'worklist', body: '{"ok":true}' }] },
    /List: the records are not found/,
  ],
])('it stops at %s', async (_what, settings, said) => {
  const sandbox = await startFor(settings);
  const { code, failed } = await runDoctor(settingsFor(sandbox));
  expect(failed).toMatch(said);
  expect(code).toBe(1);
});

test('an empty worklist is no failure, and says nothing of records', async () => {
  const sandbox = await startFor({ recordCount: 0 });
  const { code, out } = await runDoctor(settingsFor(sandbox));
  expect(out).toContain('note   List: 0 records ← "/records"\n');
  expect(code).toBe(0);
});

/** The sandbox behind TLS, with a certificate for localhost that ends in `days`. */
async function startTls(sandbox: Sandbox, days: number) {
  const authority = createAuthority();
  const server = createServer(authority.issue('localhost', days), (request, response) => {
    const { url = '', method = '', headers } = request;
    const onward = forward(new URL(url, sandbox.url), { method, headers }, (answer) => {
      // Its clock is an hour ahead.
      const date = new Date(Date.now() + 3_600_000).toUTCString();
      response.writeHead(answer.statusCode ?? 500, { ...answer.headers, date });
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    authority,
    port,
    settings: { ...settingsFor(sandbox), GOSPEECH_BASE_URL: `https://localhost:${port}` },
  };
}

test('over TLS it says whose certificate it is and for how long, and that two clocks differ', async () => {
  const { settings, authority } = await startTls(await startFor(), 2);
  const unknown = await runDoctor(settings);
  expect(unknown.code).toBe(1);
  expect(unknown.failed).toMatch(/TLS: .*certificate is not trusted.*\n.*NODE_EXTRA_CA_CERTS/);
  const known = await runDoctor({ ...settings, NODE_EXTRA_CA_CERTS: authority.file });
  expect(known.out).toMatch(/note {3}TLS: localhost:\d+ has a certificate of Test, valid for [12] days more/);
  expect(known.out).toMatch(/note {3}Clock: this machine is 3[56]\d\d s behind GoSpeech/);
  expect(known.code).toBe(0);
});

test('through a proxy it asks no name server, and says which way it goes', async () => {
  const sandbox = await startFor();
  const { port, settings, authority } = await startTls(sandbox, 30);
  const proxy = await startConnectProxy({ toPort: port });
  const { code, out } = await runDoctor({
    ...settings,
    GOSPEECH_BASE_URL: 'https://gospeech.test',
    HTTPS_PROXY: `http://name:hidden@127.0.0.1:${proxy.port}`,
    NODE_EXTRA_CA_CERTS: authority.file,
  });
  expect(out).toContain(`ok     Proxy: gospeech.test is reached through http://127.0.0.1:${proxy.port}\n`);
  expect(out).toMatch(/FAILED TLS: .*certificate is for another host/);
  expect(out).not.toContain('hidden');
  expect(code).toBe(1);
});
