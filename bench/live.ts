/*
 * What subscribers cost the built gateway, and how long a change takes to reach them: all watch one page, half of them
 * by one document, half by ten others; then recordings arrive.
 *
 *   npm run bench:live
 *   npm run bench:live -- --subscribers 1000
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startSandbox } from '../src/sandbox/start-sandbox.ts';
import { settingsFor } from '../test/support/spawn-gateway.ts';
import { print } from './support/figures.ts';
import { startBenchGateway } from './support/gateway.ts';

const { values: flags } = parseArgs({ options: { subscribers: { type: 'string', default: '5000' } } });
const subscribers = Number(flags.subscribers);

const CHANGES = 5;
const DOCUMENTS = 10;
const AT_ONCE = 100;
const LATEST_MS = 30_000;
const SETTLE_MS = 3_000;

/** Of the sandbox: it stands still until the bench moves it. */
let nowMs = Date.now();
const ARRIVAL_MS = 1_000;

const sandbox = await startSandbox({ now: () => nowMs, settings: { arrivalEveryMs: ARRIVAL_MS } });
const gateway = await startBenchGateway('dist/main.js', {
  ...settingsFor(sandbox),
  GATEWAY_RATE_BURST: '1000000',
  GATEWAY_MAX_STREAMS_PER_CALLER: '1000000',
});

/** How many results each subscriber has. */
const results = new Map<Socket, number>();

function requestOf(index: number): string {
  const name = index % 2 === 0 ? 'Live' : `Live${index % DOCUMENTS}`;
  const query = `subscription ${name} { worklist(limit: 20) { total hasNextPage records { id title status progress language createdAt } } }`;
  const body = JSON.stringify({ query });
  return [
    'POST /graphql HTTP/1.1',
    `host: ${new URL(gateway.url).host}`,
    'content-type: application/json',
    'accept: text/event-stream',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

async function subscribe(index: number): Promise<void> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  results.set(socket, 0);
  socket.setEncoding('latin1').on('data', (piece: unknown) => {
    const count = String(piece).split('event: next').length - 1;
    results.set(socket, (results.get(socket) ?? 0) + count);
  });
  socket.write(requestOf(index));
}

/** Waits until each subscriber has a result more; how long the first and the last took. */
async function reach(before: ReadonlyMap<Socket, number>, fromMs: number) {
  let firstMs: number | undefined;
  for (;;) {
    let reached = 0;
    for (const [socket, count] of results) if (count > (before.get(socket) ?? 0)) reached += 1;
    const passedMs = performance.now() - fromMs;
    if (reached > 0) firstMs ??= passedMs;
    if (reached === subscribers || passedMs > LATEST_MS)
      return { reached, firstMs: firstMs ?? NaN, lastMs: passedMs };
    await sleep(1);
  }
}

try {
  const idleMb = await gateway.rssMb();
  const fromMs = performance.now();
  for (let index = 0; index < subscribers; index += AT_ONCE) {
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, subscribers - index) }, (_, each) => subscribe(index + each)),
    );
  }
  const first = await reach(new Map(), fromMs);
  print(
    'subscribers with their first page',
    `${first.reached} of ${subscribers} within ${Math.round(first.lastMs)} ms`,
  );
  await sleep(SETTLE_MS);
  const callsBefore = sandbox.worklistRequests().length;
  const watchedFromMs = performance.now();
  for (let change = 1; change <= CHANGES; change += 1) {
    const before = new Map(results);
    nowMs += 3 * ARRIVAL_MS;
    const { reached, firstMs, lastMs } = await reach(before, performance.now());
    print(
      `change ${change}`,
      `first subscriber after ${Math.round(firstMs)} ms, last of ${reached} ${Math.round(lastMs - firstMs)} ms later`,
    );
    await sleep(SETTLE_MS);
  }
  const watchedS = (performance.now() - watchedFromMs) / 1_000;
  const calls = sandbox.worklistRequests().length - callsBefore;
  const fullMb = await gateway.rssMb();
  print('calls to the upstream', `${calls} in ${Math.round(watchedS)} s`);
  print('resident', `${Math.round(idleMb)} MiB before, ${Math.round(fullMb)} MiB with all of them`);
  print('memory of a subscriber', `${(((fullMb - idleMb) * 1_024) / subscribers).toFixed(1)} KiB`);
} finally {
  for (const socket of results.keys()) socket.destroy();
  await gateway.stop();
  await sandbox.close();
}
