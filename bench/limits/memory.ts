import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { settingsFor } from '../../test/support/spawn-gateway.ts';
import { print } from '../support/figures.ts';
import { startBenchGateway, type BenchGateway } from '../support/gateway.ts';
import { FLOODS, type Flood } from './floods.ts';

const HEAP_MB = 512;
const CONCURRENCY = 32;
const LOOK_EVERY_MS = 250;
/** What is young garbage at the end of a flood is gone by then. */
const REST_MS = 3_000;

const SETTINGS = {
  NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
  GATEWAY_RATE_PER_S: '1000000',
  GATEWAY_RATE_BURST: '1000000',
};

/**
 * What the gateway holds while each flood lasts and after it, one after the other in one process. Of each flood `share`
 * is sent, 0 … 1.
 */
export async function memory(main: string, share: number): Promise<void> {
  console.log(`\nMemory in floods, on a heap of ${HEAP_MB} MB`);
  const sandbox = await startSandbox({ settings: { recordCount: 2_000_000_000 } });
  const gateway = await startBenchGateway(main, { ...settingsFor(sandbox), ...SETTINGS });
  try {
    for (const flood of FLOODS) {
      sandbox.configure({ faults: flood.upstreamHangs ? [{ on: 'worklist', hang: true }] : [] });
      await runFlood({ ...flood, requests: Math.ceil(flood.requests * share) }, gateway);
      sandbox.forgetRequests();
    }
  } finally {
    await gateway.stop();
    await sandbox.close();
  }
}

async function runFlood(flood: Flood, gateway: BenchGateway): Promise<void> {
  const beforeMb = await gateway.rssMb();
  let peakMb = beforeMb;
  const over = new AbortController();
  const look = async () => {
    while (!over.signal.aborted) {
      peakMb = Math.max(peakMb, await gateway.rssMb());
      await sleep(LOOK_EVERY_MS);
    }
  };
  const startedAtMs = performance.now();
  const flooding = send(flood, gateway.url).finally(() => over.abort());
  const [statuses] = await Promise.all([flooding, look()]);
  const tookS = (performance.now() - startedAtMs) / 1_000;
  await sleep(REST_MS);
  const afterMb = await gateway.rssMb();
  const [before, peak, after] = [beforeMb, peakMb, afterMb].map((mb) => (mb === 0 ? 'gone' : mb.toFixed(0)));
  print(
    `${flood.requests} ${flood.name}`,
    `${before} MiB before, ${peak} at peak, ${after} after, ${tookS.toFixed(0)} s, ${statuses}`,
    'at most 400 at peak, 250 after',
  );
}

/** Sends all requests of a flood, and says how often each status came. */
async function send(flood: Flood, url: string): Promise<string> {
  const { requests, request: requestOf, addresses = 0, concurrency = CONCURRENCY } = flood;
  const counts = new Map<number | string, number>();
  const shared = new Agent({ connections: concurrency, headersTimeout: 20_000, bodyTimeout: 20_000 });
  let next = 0;
  const client = async () => {
    for (let number = next++; number < requests; number = next++) {
      const { method, search, body } = requestOf(number);
      const dispatcher = addresses === 0 ? shared : new Agent({ connect: { localAddress: address(number) } });
      const outcome = await request(`${url}${search === undefined ? '' : `?${search}`}`, {
        dispatcher,
        method,
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
        ...(body !== undefined && { body }),
      })
        .then(async (answer) => {
          await answer.body.dump();
          return answer.statusCode;
        })
        .catch(() => 'no answer');
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      if (dispatcher !== shared) await dispatcher.close();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, client));
  await shared.close();
  return [...counts].map(([status, count]) => `${status}: ${count}`).join(', ');
}

/** One of more than 4 million loopback addresses, another for each number. */
function address(number: number): string {
  return `127.${1 + (number >> 14)}.${1 + ((number >> 7) & 127)}.${1 + (number & 127)}`;
}
