/*
 * From the start of the process to its first answer, and the memory it holds when idle. Runs the built gateway
 * on its sandbox, as `npm start` does, but in a folder without `.env`.
 *
 *   npm run bench:start-up
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../test/support/free-ports.ts';
import { firstAnswer } from './support/first-answer.ts';
import { spawnBenchGateway } from './support/gateway.ts';

const RUNS = 7;
const IDLE_MS = 5_000;
/** Far longer than a start takes. */
const MAX_START_MS = 15_000;
const MAIN = 'dist/main.js';
const QUERY = JSON.stringify({ query: '{ worklist(limit: 20) { total records { id } } }' });

async function run(idleMs: number): Promise<{ readonly startMs: number; readonly rssMb: number }> {
  // One that was free just before: an answer from there is the gateway's own.
  const [port = 0] = await freePorts(1);
  const startedAtMs = performance.now();
  const gateway = spawnBenchGateway(MAIN, { PORT: String(port), LOG_LEVEL: 'silent' });
  const over = new AbortController();
  const late = setTimeout(() => over.abort(new Error(`${MAIN} did not answer.`)), MAX_START_MS);
  void gateway.exited.then(() =>
    over.abort(new Error(`${MAIN} ended before it answered.\n${gateway.output()}`)),
  );
  try {
    await firstAnswer(`http://127.0.0.1:${port}/graphql`, QUERY, over.signal);
    const startMs = performance.now() - startedAtMs;
    await sleep(idleMs);
    return { startMs, rssMb: await gateway.rssMb() };
  } finally {
    clearTimeout(late);
    await gateway.stop();
  }
}

try {
  const startsMs: number[] = [];
  for (let count = 0; count < RUNS; count += 1) startsMs.push((await run(0)).startMs);
  startsMs.sort((a, b) => a - b);
  const { rssMb } = await run(IDLE_MS);

  console.log(`start to first answer: median ${Math.round(startsMs[RUNS >> 1] ?? 0)} ms of ${RUNS} runs`);
  console.log(`                       ${startsMs.map((ms) => Math.round(ms)).join(', ')} ms`);
  console.log(`resident when idle:    ${Math.round(rssMb)} MiB, ${IDLE_MS / 1_000} s after the first answer`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
