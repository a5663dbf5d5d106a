import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePorts } from '../support/free-ports.ts';

/** A pipe that is read only when told. */
function createPipe(folder: string) {
  const path = join(folder, 'log');
  execFileSync('mkfifo', [path]);
  // Open at both ends, so that neither this process nor the gateway waits for the other.
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  let isOpen = true;
  const buffer = Buffer.alloc(1_024 * 1_024);
  return {
    fd,
    /** Leaves no room for another byte. */
    fill() {
      for (const chunk of [Buffer.alloc(4_096, 'x'), Buffer.alloc(1, 'x')]) while (isTaken(fd, chunk));
    },
    /** Everything that is in it. */
    read(): string {
      try {
        return buffer.toString('utf8', 0, readSync(fd, buffer));
      } catch {
        return '';
      }
    },
    close() {
      if (isOpen) closeSync(fd);
      isOpen = false;
    },
  };
}

function isTaken(fd: number, chunk: Buffer): boolean {
  try {
    return writeSync(fd, chunk) > 0;
  } catch {
    return false;
  }
}

/** A gateway on the sandbox, whose log goes into a pipe that has no room to begin with. */
async function startUnread(format: string) {
  const folder = mkdtempSync(join(tmpdir(), 'unread-log-'));
  const pipe = createPipe(folder);
  pipe.fill();
  const [port = 0] = await freePorts(1);
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), main], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: String(port), LOG_LEVEL: 'trace', LOG_FORMAT: format },
    stdio: ['ignore', pipe.fd, 'pipe'],
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const exited = once(child, 'close').then(() => child.exitCode);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
    pipe.close();
    rmSync(folder, { recursive: true });
  });

  const url = `http://127.0.0.1:${port}`;
  const isUp = async () => (await fetch(`${url}/livez`).catch(() => undefined))?.status;
  await expect.poll(isUp, { timeout: 60_000 }).toBe(200);
  return {
    pipe,
    errors: () => errors,
    async ask(offset: number) {
      const query = `{ worklist(offset: ${offset}, limit: 1) { total } }`;
      const response = await fetch(`${url}/graphql?${new URLSearchParams({ query })}`);
      return response.json();
    },
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** For a process that starts on a busy machine. */
const TIMEOUT_MS = 90_000;

const ANSWER = { data: { worklist: { total: 240 } } };

describe.each(['json', 'pretty'])('with a log of %s', { timeout: TIMEOUT_MS }, (format) => {
  test('that nobody reads, requests are answered, and the gateway ends when it is told to', async () => {
    const { ask, stop, errors } = await startUnread(format);
    for (let offset = 0; offset < 5; offset += 1) expect(await ask(offset)).toEqual(ANSWER);
    expect(await stop()).toBe(0);
    expect(errors()).toBe('');
  });

  test('that is read late, nothing is missing, up to the last line', async () => {
    const { pipe, ask, stop } = await startUnread(format);
    for (let offset = 0; offset < 5; offset += 1) expect(await ask(offset)).toEqual(ANSWER);
    let text = '';
    await expect
      .poll(() => (text += pipe.read()), { timeout: 20_000 })
      .toMatch(/Connected to the sandbox.*GoSpeech answered/s);
    pipe.fill();
    const stopped = stop();
    await expect.poll(() => (text += pipe.read()), { interval: 5, timeout: 20_000 }).toContain('Stopped.');
    expect(await stopped).toBe(0);
    expect(text).toContain('finishing the requests in flight');
  });
});

test(
  'with a log whose reader has gone, requests are answered, and the gateway ends when it is told to',
  { timeout: TIMEOUT_MS },
  async () => {
    const { pipe, ask, stop, errors } = await startUnread('json');
    expect(await ask(0)).toEqual(ANSWER);
    pipe.close();
    for (let offset = 1; offset < 5; offset += 1) expect(await ask(offset)).toEqual(ANSWER);
    expect(await stop()).toBe(0);
    expect(errors()).toBe('');
  },
);

test('a terminal that somebody holds, as with Ctrl-S, stops no request', { timeout: 90_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'held-terminal-'));
  const pipe = createPipe(folder);
  pipe.fill();
  const [port = 0] = await freePorts(1);
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const command = `exec '${process.execPath}' --import '${import.meta.resolve('tsx')}' '${main}'`;
  // It gives the command a terminal, which it reads only as long as there is room in its own output.
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: String(port), LOG_LEVEL: 'trace', SHELL: '/bin/sh' },
    stdio: ['ignore', pipe.fd, 'ignore'],
    detached: true,
  });
  onTestFinished(() => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    pipe.close();
    rmSync(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${port}/graphql?query={nope}`;
  const ask = () => fetch(url, { signal: AbortSignal.timeout(5_000) }).then(({ status }) => status);
  await expect.poll(() => ask().catch(() => 0), { timeout: 60_000 }).toBe(200);
  for (let count = 0; count < 300; count += 1) expect(await ask()).toBe(200);
});
