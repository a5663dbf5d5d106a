import { setTimeout as sleep } from 'node:timers/promises';
import { isPage, runLoad, type TimedResponse } from '../support/load.ts';
import { breakFor, onStage, type Setting } from './setting.ts';

const HEALTHY_S = 5;
const AFTER_S = 10;
const FULL_OUTAGE_S = 120;
const STALE_DEFAULTS_MS = { CACHE_STALE_MS: 5_000, CACHE_STALE_IF_ERROR_MS: 3_600_000 };

/** A page nobody asks for before the outage. */
const COLD_OFFSET = 10_000;

/** What two clients see that poll once a second: one a page known before the outage, one a page that is not. */
export async function polledPage(setting: Setting): Promise<void> {
  const { fault, pollOutageS } = setting;
  // In a shorter outage pages are stale for a shorter time, so that each phase of theirs is seen.
  const scale = pollOutageS / FULL_OUTAGE_S;
  const lifetimes = Object.fromEntries(
    Object.entries(STALE_DEFAULTS_MS).map(([name, ms]) => [name, String(Math.round(ms * scale))]),
  );
  console.log(`\nOne page polled once a second, outage (${fault}) from second 0 to ${pollOutageS}`);
  if (scale !== 1) console.log(`  ${Object.entries(lifetimes).join(' ').replaceAll(',', '=')}`);
  await onStage(setting, lifetimes, {}, async ({ sandbox, gateway }) => {
    const poll = (offset: number, seconds: number) =>
      runLoad({ url: gateway.url, rate: 1, seconds, offsetOf: () => offset });
    const [warm, cold, { brokenAtMs }] = await Promise.all([
      poll(0, HEALTHY_S + pollOutageS + AFTER_S),
      // Between the polls of the other client, which would otherwise always come first.
      sleep(HEALTHY_S * 1_000 + 250).then(() => poll(COLD_OFFSET, pollOutageS + AFTER_S)),
      // Half a second before a poll, so that every poll is clearly before or after it.
      breakFor(sandbox, fault, { healthyS: HEALTHY_S - 0.5, outageS: pollOutageS }),
    ]);
    printTable('a page fetched before', warm, brokenAtMs);
    printTable('a page first asked for in the outage', cold, brokenAtMs);
  });
}

const COLUMNS = ['second', 'HTTP', 'stale', 'age in s', 'error code', 'retryAfterMs', 'answered in ms'];

/** One line for each run of polls with the same outcome. */
function printTable(title: string, answers: readonly TimedResponse[], brokenAtMs: number): void {
  const runs: TimedResponse[][] = [];
  for (const answer of answers) {
    const run = runs.at(-1);
    if (run !== undefined && sameOutcome(run[0], answer)) run.push(answer);
    else runs.push([answer]);
  }
  const lines = runs.map((run) => {
    const [first] = run;
    return [
      range(run.map(({ dueAtMs }) => Math.floor((dueAtMs - brokenAtMs) / 1_000))),
      String(first?.httpStatus ?? ''),
      first !== undefined && isPage(first) ? String(first.outcome === 'stale') : '',
      range(run.flatMap(({ endedAtMs, fetchedAtMs = NaN }) => Math.floor((endedAtMs - fetchedAtMs) / 1_000))),
      first !== undefined && isPage(first) ? '' : String(first?.outcome),
      range(run.map(({ retryAfterMs = NaN }) => retryAfterMs)),
      range(run.map(({ dueAtMs, endedAtMs }) => Math.round(endedAtMs - dueAtMs))),
    ];
  });
  const table = [COLUMNS, ...lines];
  const widths = COLUMNS.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  console.log(`  ${title}:`);
  for (const line of table) {
    console.log(`    ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
  }
}

function sameOutcome(one: TimedResponse | undefined, other: TimedResponse): boolean {
  return (
    one?.httpStatus === other.httpStatus &&
    one?.outcome === other.outcome &&
    (one.retryAfterMs === undefined) === (other.retryAfterMs === undefined)
  );
}

/** The least and the most of what is known. */
function range(values: readonly number[]): string {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return '';
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return least === most ? String(least) : `${least} to ${most}`;
}
