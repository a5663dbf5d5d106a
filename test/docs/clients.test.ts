import { expect, test } from 'vitest';
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
