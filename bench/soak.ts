/*
 * What the built gateway holds in memory after ten minutes of load, and whether it grows: 10,000 distinct pages in turn,
 * most of them again and again fetched, since they do not all fit; between them one page all the time, and windows cut
 * from pages that are kept.
 *
 *   npm run bench:soak
 *   npm run bench:soak -- --minutes 2
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isExecutable, usualPaths } from '../test/support/find-program.ts';
import { freePorts } from '../test/support/free-ports.ts';
import { runLoad } from './speed/load.ts';
import { bodyFor, SCENARIOS, type Window } from './speed/scenarios.ts';
import { SERVERS, start, UPSTREAM } from './speed/servers.ts';
import { print } from './support/figures.ts';

const { values: flags } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const minutes = Number(flags.minutes);

const CONNECTIONS = 64;
const PAGES = 10_000;
const PAGE_LENGTH = 20;

/** So many seconds of each minute go to each kind of load. */
const SECONDS = 20;

const scenario = (name: string): readonly Window[] =>
  SCENARIOS.find((each) => each.name === name)?.windows ?? [];
const loads = [
  Array.from({ length: PAGES }, (_, page) => ({ offset: page * PAGE_LENGTH, limit: PAGE_LENGTH })),
  scenario('same-page'),
  scenario('warm'),
].map((windows) => windows.map(bodyFor));

const canPin = availableParallelism() > 1 && usualPaths('taskset').some(isExecutable);
const [serverCore, loadCore] = canPin ? [0, 1] : [undefined, undefined];
const gatewayAsShipped = SERVERS.find(({ name }) => name === 'gateway-16');
if (gatewayAsShipped === undefined) throw new Error('There is no gateway to measure.');

const [upstreamPort = 0, port = 0] = await freePorts(2);
const more = { RECORDS: '2000000' };
const upstream = await start(UPSTREAM, { port: upstreamPort, core: loadCore, upstreamUrl: '', more });
const gateway = await start(gatewayAsShipped, { port, core: serverCore, upstreamUrl: upstream.url });
const residentMb: number[] = [];
let failed = 0;
try {
  print('resident at the start', `${Math.round(await gateway.rssMb())} MiB`);
  for (let minute = 1; minute <= minutes; minute += 1) {
    const perSecond: number[] = [];
    for (const requests of loads) {
      const load = { url: gateway.url, requests, connections: CONNECTIONS, seconds: SECONDS, core: loadCore };
      const seen = await runLoad(load);
      failed += seen.failed;
      perSecond.push(Math.round(seen.requests / seen.seconds));
    }
    const mb = await gateway.rssMb();
    residentMb.push(mb);
    print(
      `resident after ${minute} min`,
      `${Math.round(mb)} MiB; pages in turn, one page, windows: ${perSecond.join(', ')} requests/s`,
    );
  }
  const last = residentMb.at(-1) ?? NaN;
  const middle = residentMb[(residentMb.length - 1) >> 1] ?? NaN;
  print('resident at the end', `${Math.round(last)} MiB`, 'under 150 MiB');
  print('the last minute to the middle one', (last / middle).toFixed(2), '1.05 or less');
  print('requests that failed', String(failed), '0');
} finally {
  await gateway.stop();
  await upstream.stop();
}
