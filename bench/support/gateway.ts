import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Sandbox } from '../../src/sandbox/start-sandbox.ts';

/** A line of the gateway's JSON log that reports an event. */
const logLine = z.object({ time: z.number(), event: z.string(), waiting: z.number().optional() });
export type LogLine = z.infer<typeof logLine>;

/** The built gateway, running as a process of its own. */
export interface BenchGateway {
  /** Where its GraphQL is. */
  readonly url: string;
  /** The events it has logged so far, oldest first. */
  readonly events: readonly LogLine[];
  /** Its resident memory now, in MiB. */
  rssMb(): Promise<number>;
  /** Ends it, politely at first. Resolves when it is gone. */
  stop(): Promise<void>;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const START_MS = 15_000;
const STOP_MS = 5_000;

/**
 * Starts the gateway built as `main` in front of `sandbox`, in an empty folder, with these settings alone.
 * Should this process end first, in whatever way but SIGKILL, it takes the gateway with it.
 */
export async function startBenchGateway(
  main: string,
  sandbox: Sandbox,
  settings: Readonly<Record<string, string>> = {},
): Promise<BenchGateway> {
  const cwd = mkdtempSync(join(tmpdir(), 'gateway-bench-'));
  const child = spawn(process.execPath, [resolve(main)], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      LOG_FORMAT: 'json',
      GOSPEECH_BASE_URL: sandbox.url,
      GOSPEECH_CLIENT_ID: sandbox.credentials.clientId,
      GOSPEECH_CLIENT_SECRET: sandbox.credentials.clientSecret,
      GOSPEECH_USERNAME: sandbox.credentials.username,
      GOSPEECH_PASSWORD: sandbox.credentials.password,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const cleanUp = () => {
    child.kill('SIGKILL');
    rmSync(cwd, { recursive: true, force: true });
  };
  process.once('exit', cleanUp);
  // By themselves, signals end this process without `exit`.
  const end = () => process.exit(1);
  for (const signal of SIGNALS) process.once(signal, end);

  const stop = async () => {
    child.kill('SIGTERM');
    await Promise.race([exited, sleep(STOP_MS, undefined, { ref: false })]);
    cleanUp();
    process.off('exit', cleanUp);
    for (const signal of SIGNALS) process.off(signal, end);
    await exited;
  };

  const events: LogLine[] = [];
  const log = createInterface(child.stdout);
  const listening = new Promise<string>((found) => {
    log.on('line', (line) => {
      const [, url] = /playground: (http:[^\s"]+)/.exec(line) ?? [];
      if (url !== undefined) found(url);
      if (line.includes('"event":')) events.push(logLine.parse(JSON.parse(line)));
    });
  });

  const url = await Promise.race([
    listening,
    exited.then(() => undefined),
    sleep(START_MS, undefined, { ref: false }),
  ]);
  if (url === undefined) {
    await stop();
    throw new Error(`${main} did not say where it listens.`);
  }
  return { url, events, rssMb: () => rssMb(child.pid), stop };
}

async function rssMb(pid: number | undefined): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) / 1_024;
}
