import { spawn } from 'node:child_process';
import { parse, validate } from 'graphql';
import { expect, onTestFinished, test } from 'vitest';
import { schema } from '../../src/schema/schema.ts';
import { startGateway } from '../support/gateway-harness.ts';
import { createListedUpstream } from '../support/listed-upstream.ts';
import { fencedBlocks, readDocument, ROOT } from './markdown.ts';

const GUIDE = 'docs/clients.md';
const ADDRESS = 'http://127.0.0.1:4000';

const STALES_MS = [0, 5_000, 60_000];

/** How old the page is that somebody sees who polls alone, and the calls that takes in a minute. */
async function poll(everyS: number, staleMs: number): Promise<string> {
  const { pages, clock, calls } = createListedUpstream({ length: 50, ttlMs: 5_000, staleMs });
  let ageMs = 0;
  for (let atS = 0; atS < 3_600; atS += everyS) {
    const { fetchedAt } = await pages.read({ offset: 0, limit: 20 });
    ageMs = clock.now() - Date.parse(fetchedAt);
    await clock.advance(everyS * 1_000);
  }
  const perMinute = Math.round(calls.length / 60);
  return `${ageMs / 1_000} s, ${perMinute} call${perMinute === 1 ? '' : 's'}`;
}

test.each([5, 12, 30, 60])('docs/clients.md says what somebody sees who polls every %i s', async (everyS) => {
  const seen = await Promise.all(STALES_MS.map((staleMs) => poll(everyS, staleMs)));
  const rows = readDocument(GUIDE)
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1));
  expect(rows).toContainEqual([`${everyS} s`, ...seen]);
});

/** Documents in blocks of their own. */
const DOCUMENTS = fencedBlocks(GUIDE, 'graphql');

test('every document of docs/clients.md fits the schema', () => {
  expect(DOCUMENTS).toHaveLength(1);
  for (const text of DOCUMENTS) expect(validate(schema, parse(text))).toEqual([]);
});

/** What a program of the guide prints first, at a gateway of its own, in a folder that has what it imports. */
async function firstOutputOf(program: string): Promise<unknown> {
  const { url } = await startGateway();
  expect(program).toContain(ADDRESS);
  const code = program
    .replace(ADDRESS, url)
    .replace(/console\.log\((.*)\)/, 'console.log(JSON.stringify($1))');
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { cwd: ROOT });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)));
  await expect.poll(() => output, { timeout: 10_000 }).toContain('\n');
  return JSON.parse(output.split('\n')[0] ?? '');
}

/** By the library that it is for. The one for browsers is run in one. */
const PROGRAMS = fencedBlocks(GUIDE, 'js')
  .filter((program) => !program.includes('EventSource'))
  .map((program) => [/from '([^']*)'/.exec(program)?.[1] ?? 'no library', program] as const);

test('docs/clients.md has a program for each kind of client', () => {
  const libraries = PROGRAMS.map(([library]) => library);
  expect(libraries).toEqual(['no library', '@urql/core', 'graphql-sse', '@apollo/client']);
});

test.each(PROGRAMS)('what docs/clients.md shows for %s prints a page', async (_, program) => {
  expect(await firstOutputOf(program)).toMatchObject({ total: 240 });
});

/** White space apart, since pieces of code stand elsewhere with another indentation. */
function squeezed(code: string): string {
  return code.replaceAll(/\s+/g, ' ').trim();
}

const EXAMPLE_FILES = [
  'vite.config.ts',
  'src/create-client.ts',
  'src/use-worklist.ts',
  'src/use-live-worklist.ts',
];

test('all other code of docs/clients.md is a part of the example', () => {
  const example = EXAMPLE_FILES.map((name) => squeezed(readDocument(`examples/react-apollo/${name}`))).join(
    ' ',
  );
  // The types of gql.tada are tried with that.
  const pieces = fencedBlocks(GUIDE, 'ts').filter((piece) => !piece.includes('initGraphQLTada'));
  expect(pieces).toHaveLength(6);
  const foreign = pieces.filter((piece) => !example.includes(squeezed(piece).replace(/;$/, '')));
  expect(foreign).toEqual([]);
});

test('the query of docs/clients.md reads on, as it is told there', async () => {
  const { query } = await startGateway();
  const [document = ''] = DOCUMENTS;
  const ask = async (variables: object) => {
    const { body } = await query(document, { ...variables });
    return body.data?.['worklist'] as { offset: number; records: { id: string }[] };
  };
  const first = await ask({});
  const next = await ask({
    after: first.records.at(-1)?.id,
    offset: first.offset + first.records.length,
  });
  expect(next).toMatchObject({ offset: 20, total: 240, hasNextPage: true, stale: false });
  const ids = [...first.records, ...next.records].map(({ id }) => id);
  expect(new Set(ids).size).toBe(40);
});
