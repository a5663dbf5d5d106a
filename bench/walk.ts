/*
 * What a walk over a list of 1,000 records costs and gives, by `offset` and by `after`, while the list moves: calls to
 * the upstream, records that were there all the time and are missing, and records that come twice.
 *
 *   npm run bench:walk
 */
import type { WorklistPage } from '../src/datasources/worklist-page.ts';
import { createWorklistLoader } from '../src/datasources/worklist-loader.ts';
import { createListedUpstream } from '../test/support/listed-upstream.ts';

const LENGTH = 1_000;
const LIMITS = [20, 100];

/** What happens to the list between two pages. */
const MOVES: Readonly<Record<string, (ids: string[], step: number) => void>> = {
  nothing: () => {},
  'one record more at its head': (ids, step) => void ids.unshift(`new ${step}`),
  'ten more at its head': (ids, step) => {
    ids.unshift(...Array.from({ length: 10 }, (_, index) => `new ${step}.${index}`));
  },
  'one less at its head': (ids) => void ids.shift(),
  'fifty more, once in four pages': (ids, step) => {
    if (step % 4 === 0) ids.unshift(...Array.from({ length: 50 }, (_, index) => `new ${step}.${index}`));
  },
};

type Walk = (
  previous: WorklistPage | undefined,
  limit: number,
) => { readonly offset: number; readonly after?: string };

const byOffset: Walk = (previous) => ({
  offset: previous === undefined ? 0 : previous.offset + previous.limit,
});

const byAfter: Walk = (previous) => {
  const after = previous?.records.at(-1)?.id;
  return previous === undefined || after === undefined
    ? { offset: 0 }
    : { offset: previous.offset + previous.records.length, after };
};

interface Walked {
  readonly calls: number;
  readonly missing: number;
  readonly twice: number;
}

async function walk(next: Walk, limit: number, move: (ids: string[], step: number) => void): Promise<Walked> {
  const { reader, ids, calls } = createListedUpstream({ length: LENGTH, ttlMs: 0, total: () => ids.length });
  const always = new Set(ids);
  const walked: string[] = [];
  let page: WorklistPage | undefined;
  for (let step = 1; page === undefined || page.hasNextPage; step += 1) {
    const { offset, after } = next(page, limit);
    const loader = createWorklistLoader(reader);
    page =
      after === undefined
        ? await loader.load({ offset, limit })
        : await loader.loadBehind({ after, offset, limit });
    walked.push(...page.records.map(({ id }) => id));
    move(ids, step);
    for (const id of always) if (!ids.includes(id)) always.delete(id);
  }
  const distinct = new Set(walked);
  return {
    calls: calls.length,
    missing: [...always].filter((id) => !distinct.has(id)).length,
    twice: walked.length - distinct.size,
  };
}

const rows = [];
for (const limit of LIMITS) {
  for (const [name, move] of Object.entries(MOVES)) {
    const offset = await walk(byOffset, limit, move);
    const after = await walk(byAfter, limit, move);
    const told = ({ calls, missing, twice }: Walked) => `${calls} calls, ${missing} missing, ${twice} twice`;
    rows.push({ limit, 'between two pages': name, 'by offset': told(offset), 'by after': told(after) });
  }
}
console.table(rows);
