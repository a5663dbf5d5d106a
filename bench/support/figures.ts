import type { TimedResponse } from './load.ts';

/** Prints one figure, beside what it should be. */
export function print(figure: string, value: string, target?: string): void {
  console.log(`  ${figure}: ${value}${target === undefined ? '' : ` (target ${target})`}`);
}

/** The latency at the client, from when each operation was due. */
export function latency(answers: readonly TimedResponse[]): string {
  if (answers.length === 0) return 'no such answers';
  const sorted = answers.map(({ dueAtMs, endedAtMs }) => endedAtMs - dueAtMs).toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? NaN);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`;
}

/** How often each outcome came, most frequent first. */
export function outcomes(answers: readonly TimedResponse[]): string {
  const counts = new Map<string, number>();
  for (const { outcome } of answers) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([outcome, count]) => `${outcome} ${count} (${percent(count, answers.length)})`)
    .join(', ');
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${((part / whole) * 100).toFixed(1)} %`;
}

export function ratio(part: number, whole: number): string {
  return whole === 0 ? 'none' : (part / whole).toFixed(2);
}

export function seconds(ms: number | undefined): string {
  return ms === undefined ? 'never' : `${(ms / 1_000).toFixed(2)} s`;
}

/** The answers of the last five seconds before `atMs`: the start of the process is over by then. */
export function settledBefore(answers: readonly TimedResponse[], atMs: number): readonly TimedResponse[] {
  return answers.filter(({ dueAtMs }) => dueAtMs >= atMs - 5_000 && dueAtMs < atMs);
}

/** How late operations were sent: what the load generator itself adds to the latencies. */
export function printLateness(answers: readonly TimedResponse[]): void {
  const sent = answers.map((answer) => ({ ...answer, endedAtMs: answer.sentAtMs }));
  print('sent later than due, by the bench itself', latency(sent));
}
