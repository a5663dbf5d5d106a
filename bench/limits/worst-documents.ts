import { print } from '../support/figures.ts';
import type { BenchGateway } from '../support/gateway.ts';

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

/** Fields of one name that have fields of their own, which are compared with each other, too. */
function sameParents(count: number, fields = 2): string {
  return `{ worklist { ${`records { ${'id '.repeat(fields)}} `.repeat(count)} } }`;
}

const INTROSPECTION_CYCLE = `{ __schema { types { ${'fields { type { '.repeat(20)} name ${'} } '.repeat(20)} } } }`;

/** A small operation that runs, beside what does not. It names itself, as the other does. */
function beside(other: string): string {
  return `query Chosen { __typename } query Other ${other}`;
}

const DOCUMENTS: Readonly<Record<string, string>> = {
  'a document of 100 kB': `{ ${'a '.repeat(49_000)}}`,
  'open brackets only': '{ a '.repeat(20_000),
  'a fragment bomb of 2^60 fields': fragmentBomb(60),
  '300 aliases': `{ ${Array.from({ length: 300 }, (_, index) => `a${index}: __typename`).join(' ')} }`,
  directives: `{ token { tokenType ${'@skip(if: false) '.repeat(120)} } }`,
  'an introspection cycle': INTROSPECTION_CYCLE,
  nesting: `${'{ token '.repeat(400)}${'}'.repeat(400)}`,
  'the same field 240 times': sameFields(240),
  'the same field 900 times': sameFields(900),
  'the same field with fields 195 times': sameParents(195),
  'the same field with fields 50 times': sameParents(50),
  'the same field with fields 50 times, 800 in them': sameParents(50, 16),
  'the same field with fields 195 times in another operation': beside(sameParents(195)),
  'a fragment bomb in another operation': beside(fragmentBomb(60)),
  'nesting in another operation': beside(`${'{ token '.repeat(300)}${'}'.repeat(300)}`),
  'the same field 900 times in another operation': beside(sameFields(900)),
  'a bomb in what is skipped': `{ ... @skip(if: true) ${fragmentBomb(60).replace('}', '} __typename }')}`,
  'unknown fields 240 times': `{ token { ${Array.from({ length: 240 }, (_, index) => `x${index}`).join(' ')} } }`,
};

/** How long the gateway takes to answer the worst documents that fit into a request. */
export async function worstDocuments({ url }: BenchGateway): Promise<void> {
  console.log(`\nThe worst documents, ${RUNS} times each, never the same text twice`);
  for (const [name, query] of Object.entries(DOCUMENTS)) {
    const timesMs: number[] = [];
    let outcome = '';
    for (let run = 0; run < RUNS; run += 1) {
      // A space more each time, so that nothing remembered helps.
      const body = JSON.stringify({
        query: query + ' '.repeat(run),
        ...(query.startsWith('query Chosen') && { operationName: 'Chosen' }),
      });
      const startedAtMs = performance.now();
      const response = await fetch(url, {
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
    print(name, `${outcome}, median ${median.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`, 'under 10 ms');
  }
}
