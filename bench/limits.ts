/*
 * How long the gateway takes to answer the worst documents that fit into a request: those that are refused, and
 * those that are just small enough to be validated. Nothing of them reaches the upstream.
 *
 *   npm run bench:limits
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const RUNS = 200;

/** A chain of fragments, each spreading the next twice: 2^n fields in a document of n lines. */
function fragmentBomb(length: number): string {
  const fragments = Array.from(
    { length },
    (_, index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`,
  );
  return `{ ...F0 } ${fragments.join(' ')} fragment F${length} on Query { token { tokenType } }`;
}

/** Fields of one name, which validation compares with each other. */
function sameFields(count: number): string {
  return `{ token { ${'tokenType '.repeat(count)} } }`;
}

const INTROSPECTION_CYCLE = `{ __schema { types { ${'fields { type { '.repeat(20)} name ${'} } '.repeat(20)} } } }`;

const DOCUMENTS: Readonly<Record<string, string>> = {
  'a document of 100 kB': `{ ${'a '.repeat(49_000)}}`,
  'open brackets only': '{ a '.repeat(20_000),
  'a fragment bomb of 2^60 fields': fragmentBomb(60),
  'a thousand aliases': `{ ${Array.from({ length: 300 }, (_, index) => `a${index}: __typename`).join(' ')} }`,
  directives: `{ token { tokenType ${'@skip(if: false) '.repeat(120)} } }`,
  'an introspection cycle': INTROSPECTION_CYCLE,
  nesting: `${'{ token '.repeat(400)}${'}'.repeat(400)}`,
  'the same field 240 times': sameFields(240),
  'the same field 900 times': sameFields(900),
  'unknown fields 240 times': `{ token { ${Array.from({ length: 240 }, (_, index) => `x${index}`).join(' ')} } }`,
};

const gateway = spawn(process.execPath, ['dist/main.js'], {
  env: { PATH: process.env['PATH'], PORT: '0', LOG_FORMAT: 'json', GATEWAY_RATE_BURST: '1000000' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let url: string | undefined;
for await (const line of createInterface({ input: gateway.stdout })) {
  url = /playground: (http:[^"]+)"/.exec(line)?.[1];
  if (url !== undefined) break;
}
gateway.stdout.resume();

try {
  for (const [name, query] of Object.entries(DOCUMENTS)) {
    const timesMs: number[] = [];
    let outcome = '';
    for (let run = 0; run < RUNS; run += 1) {
      // A space more each time, so that no cache of parsed documents helps.
      const body = JSON.stringify({ query: query + ' '.repeat(run) });
      const startedAtMs = performance.now();
      const response = await fetch(url ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      const text = await response.text();
      timesMs.push(performance.now() - startedAtMs);
      outcome = `${response.status} ${/"code":"(\w+)"/.exec(text)?.[1] ?? 'data'}`;
    }
    timesMs.sort((a, b) => a - b);
    const [median = 0, p99 = 0] = [timesMs[RUNS >> 1], timesMs[Math.floor(RUNS * 0.99)]];
    console.log(
      `${name}: ${outcome}, median ${median.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (target under 10 ms)`,
    );
  }
} finally {
  gateway.kill('SIGTERM');
  await once(gateway, 'exit');
}
