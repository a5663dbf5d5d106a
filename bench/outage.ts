/*
 * What clients and the upstream see while the upstream is down or slow. Runs the built gateway as a process of
 * its own; the sandbox and the load are in this one. All over loopback.
 *
 *   npm run bench:outage
 *   npm run bench:outage -- --fast --fault reset
 */
import { parseArgs } from 'node:util';
import { failingAnswers } from './outage/failing-answers.ts';
import { polledPage } from './outage/polled-page.ts';
import { FAULTS, type Setting } from './outage/setting.ts';
import { slowUpstream } from './outage/slow-upstream.ts';
import { stalePages } from './outage/stale-pages.ts';

const PARTS = { failing: failingAnswers, stale: stalePages, slow: slowUpstream, poll: polledPage };

const HELP = `Options:
  --fault FAULT   how the upstream fails: ${Object.keys(FAULTS).join(', ')} (default 503)
  --part PART     only this part: ${Object.keys(PARTS).join(', ')}; it may be repeated
  --rate RATE     operations a second in an outage (default 200)
  --fast          the polled page's outage takes 20 s instead of 120 s
  --gateway FILE  the built gateway (default dist/main.js)`;

const { values } = parseArgs({
  options: {
    fault: { type: 'string', default: '503' },
    part: { type: 'string', multiple: true, default: Object.keys(PARTS) },
    rate: { type: 'string', default: '200' },
    fast: { type: 'boolean', default: false },
    gateway: { type: 'string', default: 'dist/main.js' },
    help: { type: 'boolean', default: false },
  },
});
const { part: parts, fault } = values;
const rate = Number(values.rate);
const isRight = rate >= 1 && rate <= 1_000 && parts.every((name) => Object.hasOwn(PARTS, name));

// Ending the process takes the gateway with it.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

if (values.help || !isRight || !isKeyOf(FAULTS, fault)) {
  console.log(HELP);
  process.exitCode = values.help ? 0 : 1;
} else {
  const setting: Setting = { main: values.gateway, fault, rate, pollOutageS: values.fast ? 20 : 120 };
  for (const name of parts) {
    if (isKeyOf(PARTS, name)) await PARTS[name](setting);
  }
}

function isKeyOf<Table extends object>(table: Table, name: string | keyof Table): name is keyof Table {
  return Object.hasOwn(table, name);
}
