/*
 * How much memory kept pages take, beside what the store of windows counts for them: full records within a tenth.
 * Fills a store with pages of distinct records and compares the heap with and without them.
 *
 *   npm run bench:page-memory
 */
import { systemClock } from '../src/clock.ts';
import { estimatedBytes } from '../src/datasources/window-bytes.ts';
import { createWindowStore } from '../src/datasources/window-store.ts';
import { createWorklistAdapter } from '../src/datasources/wire/worklist-adapter.ts';
import { parseJson } from '../src/http/parse-json.ts';
import { recordAt } from '../src/sandbox/records.ts';
import { ASSUMED_SHAPE } from '../src/worklist-shape.ts';

const { gc } = globalThis;
if (gc === undefined) throw new Error('Run it with node --expose-gc, as npm run bench:page-memory does.');

const DAY_MS = 86_400_000;
const nowMs = Date.now();
const STILL = { startedAtMs: nowMs, arrivalEveryMs: 0 };

/** What the upstream may send, a record each. */
const SHAPES = {
  'a full record': (index: number) => recordAt(index, STILL, nowMs),
  'a record of an identifier': (index: number) => ({ id: index }),
  'a record of many small things': (index: number) => ({
    id: index,
    tags: Array.from({ length: 30 }, () => ({})),
  }),
  'a record with keys of its own': (index: number) => ({ id: index, [`k${index}`]: 1, [`l${index}`]: 'x' }),
  'a record of one long text': (index: number) => ({ id: index, text: `${index} `.repeat(400) }),
};

for (const [shape, recordOf] of Object.entries(SHAPES)) {
  for (const limit of [20, 100]) {
    console.log(await figures(shape, recordOf, limit));
  }
}

async function figures(shape: string, recordOf: (index: number) => object, limit: number): Promise<string> {
  const adapter = createWorklistAdapter({ shape: ASSUMED_SHAPE, onUnexpectedType: () => {} });
  const lifetimes = { ttlMs: DAY_MS, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 };
  const pages = Math.round(20_000 / limit);
  const heapBytes = async () => {
    // Not at once: what is on the stack then, and is of no use any more, would count.
    await gc?.({ type: 'major', execution: 'async' });
    return process.memoryUsage().heapUsed;
  };
  const before = await heapBytes();
  const store = createWindowStore({ clock: systemClock, lifetimes, maxBytes: 1e12, maxPageSize: 100 });
  let counted = 0;
  let bodyBytes = 0;
  for (let page = 0; page < pages; page += 1) {
    const asked = { offset: page * limit, limit };
    const records = Array.from({ length: limit }, (_, index) => recordOf(asked.offset + index));
    const body = Buffer.from(JSON.stringify({ records, total: 1e6 }));
    const window = {
      ...adapter({ body: parseJson(body.toString()), headers: {} }, asked),
      asked,
      isDense: true,
      reachesEnd: false,
      fetchedAt: new Date(0).toISOString(),
      askedAtMs: systemClock.monotonicMs(),
      order: page + 1,
      caching: { mayStore: true, maxAgeMs: undefined, mayServeStale: true },
    };
    store.keep(window);
    counted += estimatedBytes(window);
    bodyBytes += body.byteLength;
  }
  const taken = (await heapBytes()) - before;
  if (store.find({ offset: 0, limit: 1 }) === undefined) throw new Error('The pages are not there.');
  const perPage = (bytes: number) => Math.round(bytes / pages).toLocaleString('en');
  return `${shape}, ${limit} a page: ${perPage(bodyBytes)} bytes on the wire, ${perPage(taken)} kept, ${perPage(counted)} counted (${(taken / counted).toFixed(2)})`;
}
