import { parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/schema/schema.ts';
import { startGateway } from '../support/gateway-harness.ts';
import { createListedUpstream } from '../support/listed-upstream.ts';
import { readDocument } from './markdown.ts';

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
  const rows = readDocument('docs/clients.md')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1));
  expect(rows).toContainEqual([`${everyS} s`, ...seen]);
});

/** Documents in blocks of their own, and those in templates of code. */
const DOCUMENTS = [
  ...readDocument('docs/clients.md').matchAll(/^```graphql\n([^]*?)^```$/gm),
  ...readDocument('docs/clients.md').matchAll(/gql`([^`]*)`/g),
].map(([, text = '']) => text);

test('every document of docs/clients.md fits the schema', () => {
  expect(DOCUMENTS).toHaveLength(2);
  for (const text of DOCUMENTS) expect(validate(schema, parse(text))).toEqual([]);
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
