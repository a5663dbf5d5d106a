import type { Measured } from './load.ts';
import type { Scenario } from './scenarios.ts';
import type { Server } from './servers.ts';

/** What was measured of one server in one scenario, once. */
export interface Result extends Measured {
  readonly scenario: string;
  readonly server: string;
  /** When it was over. */
  readonly rssMb: number;
}

/** The medians of all rounds. */
export interface Summary {
  readonly server: Server;
  readonly perSecond: number;
  /** Of the first server's requests a second in the same round. */
  readonly ratio: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly rssMb: number;
}

/** One line a server, in their order, of those that took part. */
export function summarize(results: readonly Result[], { name }: Scenario, servers: readonly Server[]) {
  const first = results.find(({ scenario }) => scenario === name)?.server;
  const of = (server: string | undefined) =>
    results.filter((result) => result.scenario === name && result.server === server);
  const perSecond = ({ requests, seconds }: Result) => requests / seconds;
  const references = of(first).map(perSecond);
  return servers.flatMap((server): readonly Summary[] => {
    const rounds = of(server.name);
    if (rounds.length === 0) return [];
    return [
      {
        server,
        perSecond: median(rounds.map(perSecond)),
        ratio: median(rounds.map((round, index) => perSecond(round) / (references[index] ?? NaN))),
        p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
        p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
        maxMs: median(rounds.map(({ maxMs }) => maxMs)),
        rssMb: median(rounds.map(({ rssMb }) => rssMb)),
      },
    ];
  });
}

/** A table for each scenario, as Markdown. */
export function printTables(
  results: readonly Result[],
  scenarios: readonly Scenario[],
  servers: readonly Server[],
): void {
  for (const scenario of scenarios) {
    console.log(`\n**${scenario.title}**, ${scenario.connections} connections\n`);
    console.log('| server | requests/s | ratio | p50 | p99 | max | memory |');
    console.log('| --- | --: | --: | --: | --: | --: | --: |');
    for (const line of summarize(results, scenario, servers)) {
      const { server, perSecond, ratio, p50Ms, p99Ms, maxMs, rssMb } = line;
      const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
      console.log(
        `| ${server.title} | ${Math.round(perSecond).toLocaleString('en')} | ${ratio.toFixed(2)} | ${ms(p50Ms)} | ${ms(p99Ms)} | ${ms(maxMs)} | ${Math.round(rssMb)} MiB |`,
      );
    }
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
