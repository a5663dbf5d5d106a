/*
 * From the start of the process to its first answer, and the memory it holds when idle. Runs the built gateway
 * on its sandbox, as `npm start` does, but in a folder without `.env`.
 *
 *   npm run bench:start-up
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { firstAnswer } from './support/first-answer.ts';

const RUNS = 7;
const IDLE_MS = 5_000;
/** Far longer than a start takes, and a stop. */
const MAX_START_MS = 15_000;
const MAX_STOP_MS = 5_000;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const MAIN = resolve('dist/main.js');
const QUERY = JSON.stringify({ query: '{ worklist(limit: 20) { total records { id } } }' });

/** A port of the loopback address on which nobody listens: an answer from there is the gateway's own. */
async function freePort(): Promise<number> {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const address = holder.address();
  await once(holder.close(), 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}

async function run(
  idleMs: number,
  cwd: string,
): Promise<{ readonly startMs: number; readonly rssMb: number }> {
  const port = await freePort();
  const startedAtMs = performance.now();
  const gateway = spawn(process.execPath, [MAIN], {
    cwd,
    env: { PATH: process.env['PATH'], PORT: String(port), LOG_LEVEL: 'silent' },
    stdio: 'inherit',
  });
  // By themselves, signals end this process and leave the gateway.
  const end = () => {
    gateway.kill('SIGKILL');
    process.exit(1);
  };
  for (const signal of SIGNALS) process.once(signal, end);
  const over = new AbortController();
  const exited = once(gateway, 'exit').then(() => over.abort(new Error(`${MAIN} ended before it answered.`)));
  const late = setTimeout(() => over.abort(new Error(`${MAIN} did not answer.`)), MAX_START_MS);
  try {
    await firstAnswer(`http://127.0.0.1:${port}/graphql`, QUERY, over.signal);
    const startMs = performance.now() - startedAtMs;
    await sleep(idleMs);
    const ps = execFileSync('ps', ['-o', 'rss=', '-p', String(gateway.pid)], { encoding: 'utf8' });
    return { startMs, rssMb: Number(ps) / 1_024 };
  } finally {
    clearTimeout(late);
    for (const signal of SIGNALS) process.off(signal, end);
    gateway.kill('SIGTERM');
    await Promise.race([exited, sleep(MAX_STOP_MS, undefined, { ref: false })]);
    gateway.kill('SIGKILL');
    await exited;
  }
}

const cwd = mkdtempSync(join(tmpdir(), 'gateway-bench-'));
try {
  const startsMs: number[] = [];
  for (let count = 0; count < RUNS; count += 1) startsMs.push((await run(0, cwd)).startMs);
  startsMs.sort((a, b) => a - b);
  const { rssMb } = await run(IDLE_MS, cwd);

  console.log(`start to first answer: median ${Math.round(startsMs[RUNS >> 1] ?? 0)} ms of ${RUNS} runs`);
  console.log(`                       ${startsMs.map((ms) => Math.round(ms)).join(', ')} ms`);
  console.log(`resident when idle:    ${Math.round(rssMb)} MiB, ${IDLE_MS / 1_000} s after the first answer`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(cwd, { recursive: true, force: true });
}
