/*
 * Where the time of the built gateway's process goes, by scenario of the speed bench: the share of the samples of a CPU
 * profile in which each part was at the top of the stack.
 *
 *   npm run bench:profile
 *   npm run bench:profile -- --seconds 5 --scenarios warm
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { freePorts } from '../test/support/free-ports.ts';
import { ask } from './speed/ask.ts';
import { runLoad } from './speed/load.ts';
import { bodyFor, SCENARIOS, type Scenario } from './speed/scenarios.ts';
import { SERVERS, start, UPSTREAM } from './speed/servers.ts';

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    scenarios: { type: 'string', default: 'same-page,warm,cold' },
  },
});

/** A CPU profile as V8 writes it, as far as it is read here. */
const cpuProfile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

const gateway = SERVERS.find(({ name }) => name === 'gateway');
if (gateway === undefined) throw new Error('There is no gateway to measure.');

async function profileOf({ windows, warmUp, connections, upstreamMs }: Scenario) {
  const folder = mkdtempSync(join(tmpdir(), 'profile-'));
  const [upstreamPort = 0, port = 0] = await freePorts(2);
  const more = { LATENCY_MS: String(upstreamMs), RECORDS: '2000000' };
  const upstream = await start(UPSTREAM, { port: upstreamPort, core: 1, upstreamUrl: '', more });
  const nodeFlags = [...(gateway?.nodeFlags ?? []), '--cpu-prof', `--cpu-prof-dir=${folder}`];
  const running = await start(
    { ...UPSTREAM, ...gateway, nodeFlags },
    { port, core: 0, upstreamUrl: upstream.url },
  );
  try {
    for (const window of warmUp) await ask(running, window);
    const requests = windows.map(bodyFor);
    const seconds = Number(flags.seconds);
    const { requests: count } = await runLoad({ url: running.url, requests, connections, core: 1, seconds });
    await running.stop('SIGTERM');
    const [file = ''] = readdirSync(folder);
    return { count, profile: cpuProfile.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))) };
  } finally {
    await running.stop();
    await upstream.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Which file each line of a bundle came from, as esbuild says it. */
const origins = new Map<string, readonly string[]>();

function originsOf(url: string): readonly string[] {
  const known = origins.get(url);
  if (known !== undefined) return known;
  let origin = '';
  const lines = readFileSync(fileURLToPath(url), 'utf8').split('\n');
  const read = lines.map((line) => (origin = /^\/\/ ((?:src|node_modules)\/\S+)$/.exec(line)?.[1] ?? origin));
  origins.set(url, read);
  return read;
}

/** The part of the process that a frame belongs to: a folder of ours, a package, a module of Node. */
function partOf({ functionName, url, lineNumber }: Frame): string {
  if (url.startsWith('node:')) return url.startsWith('node:internal/') ? `node:${url.split('/')[1]}` : url;
  if (url.startsWith('file:')) {
    const [first = '', second = '', third = ''] = originsOf(url)[lineNumber]?.split('/') ?? [];
    return first === 'node_modules' && second.startsWith('@') ? `${second}/${third}` : `${first}/${second}`;
  }
  // Code that was made at run time, which only graphql-jit does.
  if (url !== '') return 'compiled operations';
  return functionName.startsWith('(') ? functionName : `V8 and libuv: ${functionName}`;
}

type Frame = z.infer<typeof cpuProfile>['nodes'][number]['callFrame'];

const LEAST_SHARE = 0.01;

for (const scenario of SCENARIOS.filter(({ name }) => flags.scenarios.split(',').includes(name))) {
  const { count, profile } = await profileOf(scenario);
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const timesUs = new Map<string, number>();
  for (const [index, id] of profile.samples.entries()) {
    const frame = frames.get(id);
    const part = frame === undefined ? '(unknown)' : partOf(frame);
    timesUs.set(part, (timesUs.get(part) ?? 0) + (profile.timeDeltas[index] ?? 0));
  }
  // Not what it waits, before the load and after it.
  timesUs.delete('(idle)');
  const wholeUs = [...timesUs.values()].reduce((sum, timeUs) => sum + timeUs, 0);
  const rows = [...timesUs]
    .toSorted(([, one], [, other]) => other - one)
    .filter(([, timeUs]) => timeUs / wholeUs >= LEAST_SHARE)
    .map(([part, timeUs]) => ({
      part,
      share: `${((timeUs / wholeUs) * 100).toFixed(1)} %`,
      'µs a request': (timeUs / count).toFixed(1),
    }));
  console.log(`\n${scenario.title}: ${(wholeUs / count).toFixed(1)} µs a request, start included`);
  console.table(rows);
}
