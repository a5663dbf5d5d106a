/*
 * How fast the built gateway is, beside other servers over the same upstream: requests a second, latencies, memory. All
 * of it on loopback; servers on one core, upstream and load on the next, where the machine can say so.
 *
 *   npm run bench
 *   npm run bench -- --rounds 1 --seconds 2 --servers bare,gateway --scenarios same-page,warm
 *
 * A whole run writes bench/results.json and the chart of the README, docs/speed.svg.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { freePorts } from '../test/support/free-ports.ts';
import { usualPaths, isExecutable } from '../test/support/find-program.ts';
import { ask, countCalls } from './speed/ask.ts';
import { chart } from './speed/chart.ts';
import { LOAD_PROGRAM, runLoad } from './speed/load.ts';
import { printTables, type Result } from './speed/report.ts';
import { bodyFor, SCENARIOS, type Scenario } from './speed/scenarios.ts';
import { SERVERS, start, UPSTREAM, type Running, type Server } from './speed/servers.ts';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    servers: { type: 'string' },
    scenarios: { type: 'string' },
  },
});
const rounds = Number(flags.rounds);
const seconds = Number(flags.seconds);
const isWhole = flags.servers === undefined && flags.scenarios === undefined;

/** For what is compiled at run time to be so. */
const WARM_UP_SECONDS = 3;

const canPin = availableParallelism() > 1 && usualPaths('taskset').some(isExecutable);
const [serverCore, loadCore] = canPin ? [0, 1] : [undefined, undefined];

const isNamed = (name: string, names: string | undefined) => names?.split(',').includes(name) ?? true;
const scenarios = SCENARIOS.filter(({ name }) => isNamed(name, flags.scenarios));
const takesPart = ({ only }: Scenario, { name }: Server) =>
  isNamed(name, flags.servers) && (only?.includes(name) ?? !['upstream', 'gateway-16'].includes(name));

/** Throws where a server gives other data than it should. */
async function checkData(server: Running, name: string, reference: Running): Promise<void> {
  for (const window of [
    { offset: 0, limit: 20 },
    { offset: 140, limit: 100 },
  ]) {
    const [given, right] = [await ask(server, window), await ask(reference, window)];
    if (!isDeepStrictEqual(given, right)) {
      throw new Error(`${name} gives other data: ${JSON.stringify(given).slice(0, 500)}`);
    }
  }
}

async function withServers<Value>(
  server: Server,
  upstreamMs: number,
  use: (running: Running, upstream: Running) => Promise<Value>,
): Promise<Value> {
  const [upstreamPort = 0, port = 0] = await freePorts(2);
  const more = { LATENCY_MS: String(upstreamMs), RECORDS: '2000000' };
  const upstream = await start(UPSTREAM, { port: upstreamPort, core: loadCore, upstreamUrl: '', more });
  try {
    if (server === UPSTREAM) return await use(upstream, upstream);
    const running = await start(server, { port, core: serverCore, upstreamUrl: upstream.url });
    try {
      return await use(running, upstream);
    } finally {
      await running.stop();
    }
  } finally {
    await upstream.stop();
  }
}

async function measure(scenario: Scenario, server: Server): Promise<Result> {
  const { windows, warmUp, connections, upstreamMs, isOnce } = scenario;
  return withServers(server, upstreamMs, async (running) => {
    for (const window of warmUp) await ask(running, window);
    const requests = windows.map(
      server === UPSTREAM
        ? ({ offset, limit }) => `/api/records/worklist?offset=${offset}&limit=${limit}`
        : bodyFor,
    );
    const load = { url: running.url, connections, core: loadCore };
    // What is asked for once is not there to warm up with: others, from the end.
    const before = isOnce ? requests.slice(-requests.length / 4) : requests;
    const measured = isOnce ? requests.slice(0, -requests.length / 4) : requests;
    await runLoad({ ...load, requests: before, seconds: WARM_UP_SECONDS });
    const seen = await runLoad({ ...load, requests: measured, seconds });
    if (isOnce && seen.requests > measured.length) throw new Error('Pages were asked for twice.');
    return { ...seen, scenario: scenario.name, server: server.name, rssMb: await running.rssMb() };
  });
}

/** What many requests at once cost the upstream, with the gateway's default connections. */
async function measureEconomy() {
  const gateway = SERVERS.find(({ name }) => name === 'gateway-16');
  if (gateway === undefined) throw new Error('There is no gateway to measure.');
  const cases = [
    {
      title: '500 identical requests at once',
      windows: Array.from({ length: 500 }, () => ({ offset: 0, limit: 20 })),
    },
    {
      title: '50 windows of 20 records, 5 apart, at once, each in a request of its own',
      windows: Array.from({ length: 50 }, (_, index) => ({ offset: 1_000 + index * 5, limit: 20 })),
    },
  ];
  const counted: { readonly title: string; readonly calls: number }[] = [];
  await withServers(gateway, 20, async (running, upstream) => {
    // Elsewhere in the list, once: what is compiled at run time is so then, and connections are there.
    await countCalls(
      running,
      upstream,
      cases.flatMap(({ windows }) =>
        windows.map(({ offset, limit }) => ({ offset: offset + 10_000, limit })),
      ),
    );
    for (const { title, windows } of cases) {
      counted.push({ title, calls: await countCalls(running, upstream, windows) });
    }
  });
  return counted;
}

const everybody = [UPSTREAM, ...SERVERS];
const bare = SERVERS[0];
if (bare === undefined) throw new Error('There is nothing to compare with.');
for (const server of SERVERS.filter(({ name }) => isNamed(name, flags.servers) && name !== 'bare')) {
  await withServers(server, 0, async (running, upstream) => {
    const [port = 0] = await freePorts(1);
    const reference = await start(bare, { port, core: serverCore, upstreamUrl: upstream.url });
    try {
      await checkData(running, server.name, reference);
    } finally {
      await reference.stop();
    }
  });
}
console.log('All give the same data.');

const results: Result[] = [];
for (let round = 1; round <= rounds; round += 1) {
  for (const scenario of scenarios) {
    for (const server of everybody.filter((each) => takesPart(scenario, each))) {
      const result = await measure(scenario, server);
      results.push(result);
      const perSecond = Math.round(result.requests / result.seconds);
      console.log(
        `round ${round}, ${scenario.name}, ${server.name}: ${perSecond}/s, p50 ${result.p50Ms.toFixed(1)}, p99 ${result.p99Ms.toFixed(1)}, max ${result.maxMs.toFixed(0)} ms, ${Math.round(result.rssMb)} MB${result.failed > 0 ? `, ${result.failed} FAILED` : ''}`,
      );
    }
  }
}

const machine = {
  node: process.version,
  processor: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  load: LOAD_PROGRAM.endsWith('wrk') ? 'wrk' : LOAD_PROGRAM,
  pinned: canPin,
};
printTables(results, scenarios, everybody);
if (isWhole) {
  const economy = await measureEconomy();
  for (const { title, calls } of economy) console.log(`${title}: ${calls} calls`);
  writeFileSync('bench/results.json', `${JSON.stringify({ machine, economy, results }, undefined, 2)}\n`);
  writeFileSync('docs/speed.svg', chart(results, scenarios, everybody));
}
