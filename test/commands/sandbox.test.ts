import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { startGatewayFor } from '../support/gateway-harness.ts';
import { runCommand, startCommand } from './run-command.ts';

const CREDENTIALS = { clientId: '', clientSecret: '', username: '', password: '' };

test.each(['SIGINT', 'SIGTERM'] as const)(
  'it prints how to connect the gateway, and %s ends it well in the middle of an answer',
  async (signal) => {
    const child = startCommand('sandbox.ts', '--port', '0', '--latency-ms', '3600000');
    const [printed] = await once(child.stdout, 'data');
    const url = /http:\S+/.exec(String(printed))?.[0];
    expect(String(printed).trim().split('\n').slice(-6)).toEqual([
      `GOSPEECH_BASE_URL=${url}`,
      'GOSPEECH_CLIENT_ID=sandbox-client',
      'GOSPEECH_CLIENT_SECRET=sandbox-client-secret',
      'GOSPEECH_USERNAME=developer@sandbox.example',
      'GOSPEECH_PASSWORD=sandbox-password',
      'GATEWAY_CORS_ORIGINS=loopback',
    ]);

    const socket = connect(Number(new URL(String(url)).port), '127.0.0.1');
    // The "100 Continue" tells that the sandbox is at work on the request.
    socket.write('GET /connect/token HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\r\n');
    await once(socket, 'data');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  },
);

test('what it prints starts a gateway that pages of this machine may call', async () => {
  const child = startCommand('sandbox.ts', '--port', '0', '--shape', 'german');
  const [printed] = await once(child.stdout, 'data');
  const lines = String(printed).trim().split('\n');
  const files: Readonly<Record<string, string | undefined>> = {
    '.env': lines.slice(-6).join('\n'),
    'shape.json': lines.find((line) => line.startsWith('{')),
  };
  const config = parseConfig(
    { GOSPEECH_SHAPE_FILE: 'shape.json' },
    { readFile: (path) => Buffer.from(files[path] ?? ''), isTerminal: false },
  );
  expect(config.access.corsOrigins).toBe('loopback');
  const { url, query } = await startGatewayFor(config.upstream.apiUrl.origin, CREDENTIALS, {
    upstream: config.upstream,
    account: config.account ?? {},
    access: { corsOrigins: config.access.corsOrigins },
    isSandbox: false,
  });
  expect((await query('{ worklist(limit: 1) { total records { status } } }')).body).toMatchObject({
    data: { worklist: { total: 240, records: [{ status: 'Queued' }] } },
  });
  const { headers } = await fetch(`${url}/graphql?query={__typename}`, {
    headers: { origin: 'http://localhost:5173' },
  });
  expect(headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
});

test('a bad flag gives one line on stderr and exit code 1', async () => {
  expect(await runCommand('sandbox.ts', '--records', 'many')).toEqual({
    code: 1,
    out: '',
    error: '--records takes a number of records from 0 to 1000000\n',
  });
});

test('a port that is taken is told in one line, with exit code 1', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  onTestFinished(() => void holder.close());
  const { port } = holder.address() as AddressInfo;
  expect(await runCommand('sandbox.ts', '--port', String(port))).toEqual({
    code: 1,
    out: '',
    error: `Port ${port} is taken: give a free one with --port, or 0 for any.\n`,
  });
});

test('help goes to stdout, with exit code 0', async () => {
  const { code, out } = await runCommand('sandbox.ts', '--help');
  expect(out).toContain('--fault');
  expect(code).toBe(0);
});
