/*
 * From the start of the process to its first answer, and the memory it holds when idle. Runs the built gateway
 * on its sandbox, as `npm start` does.
 *
 *   npm run bench:start-up
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const RUNS = 7;
const IDLE_MS = 5_000;
const PORT = '4999';
const QUERY = JSON.stringify({ query: '{ worklist(limit: 20) { total records { id } } }' });

async function firstAnswer(): Promise<void> {
  for (;;) {
    try {
      const response = await fetch(`http://127.0.0.1:${PORT}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: QUERY,
      });
      if (response.ok) return void (await response.text());
    } catch {
      await sleep(2);
    }
  }
}

async function run(idleMs: number): Promise<{ readonly startMs: number; readonly rssMb: number }> {
  const startedAtMs = performance.now();
  const gateway = spawn(process.execPath, ['dist/main.js'], {
    env: { PATH: process.env['PATH'], PORT, LOG_LEVEL: 'silent' },
    stdio: 'inherit',
  });
  await firstAnswer();
  const startMs = performance.now() - startedAtMs;
  await sleep(idleMs);
  const rssKb = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(gateway.pid)], { encoding: 'utf8' }));
  gateway.kill('SIGTERM');
  await once(gateway, 'exit');
  return { startMs, rssMb: rssKb / 1_024 };
}

const startsMs: number[] = [];
for (let count = 0; count < RUNS; count += 1) startsMs.push((await run(0)).startMs);
startsMs.sort((a, b) => a - b);
const { rssMb } = await run(IDLE_MS);

console.log(`start to first answer: median ${Math.round(startsMs[RUNS >> 1] ?? 0)} ms of ${RUNS} runs`);
console.log(`                       ${startsMs.map((ms) => Math.round(ms)).join(', ')} ms`);
console.log(`resident when idle:    ${Math.round(rssMb)} MiB, ${IDLE_MS / 1_000} s after the first answer`);
