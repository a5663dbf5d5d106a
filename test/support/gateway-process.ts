import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import type { Sandbox } from '../../src/sandbox/start-sandbox.ts';

export interface GatewayProcess {
  readonly output: () => string;
  /** Sends a signal to the process. */
  kill(signal: 'SIGTERM' | 'SIGINT'): void;
  /** Closes this end of what the process writes to. */
  stopReading(): void;
  /** Resolves to the exit code when the process has ended. */
  readonly exited: Promise<number | null>;
  /** The gateway's own address, once it has printed it. */
  url(): Promise<string>;
}

/** The settings of a gateway on any port, with the sandbox's account. */
export function settingsFor({ url, credentials }: Pick<Sandbox, 'url' | 'credentials'>) {
  return {
    PORT: '0',
    GOSPEECH_BASE_URL: url,
    GOSPEECH_CLIENT_ID: credentials.clientId,
    GOSPEECH_CLIENT_SECRET: credentials.clientSecret,
    GOSPEECH_USERNAME: credentials.username,
    GOSPEECH_PASSWORD: credentials.password,
  };
}

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** The gateway as its own process, in an empty folder with these settings alone; ended with the test. */
export function startProcess(
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
  main = MAIN,
): GatewayProcess {
  const cwd = mkdtempSync(join(tmpdir(), 'gateway-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), main], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const exited = once(child, 'close').then(() => child.exitCode);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
    rmSync(cwd, { recursive: true });
  });
  return {
    output: () => output,
    kill: (signal) => void child.kill(signal),
    stopReading() {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    exited,
    async url() {
      const address = () => /playground: (http:\S+)\/graphql/.exec(output)?.[1];
      await expect.poll(address, { timeout: 15_000 }).toBeDefined();
      return address() ?? '';
    },
  };
}
