import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../../src/sandbox/start-sandbox.ts';

/** The gateway as it is in this project. */
export const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface SpawnOptions {
  /** The file that is run; TypeScript is loaded by tsx. */
  readonly main: string;
  /** All that is set. */
  readonly settings?: Readonly<Record<string, string>>;
  /** By their names, what lies in the folder that it runs in. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A gateway that runs as a process of its own, in a folder of its own. */
export interface SpawnedGateway {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** All that it has written so far. */
  output(): string;
  /** Where its GraphQL is, without the path, once it has said so. */
  origin(): string | undefined;
  /** Its exit code once it has ended, `null` after a signal. */
  readonly exited: Promise<number | null>;
  /** Ends it within `graceMs` at most, and removes its folder. */
  end(graceMs: number): Promise<void>;
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

/** Starts it. Whoever does must end it. */
export function spawnGateway({ main, settings, files = {} }: SpawnOptions): SpawnedGateway {
  const cwd = mkdtempSync(join(tmpdir(), 'gateway-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const loader = main.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : [];
  const child = spawn(process.execPath, [...loader, main], {
    cwd,
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const exited = once(child, 'close').then(() => child.exitCode);
  return {
    child,
    output: () => output,
    origin: () => /playground: (http:[^\s"]+)\/graphql/.exec(output)?.[1],
    exited,
    async end(graceMs) {
      child.kill('SIGTERM');
      await Promise.race([exited, sleep(graceMs, undefined, { ref: false })]);
      child.kill('SIGKILL');
      await exited;
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}
