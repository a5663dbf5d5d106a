import {
  type Arbitrary,
  array,
  assert,
  asyncProperty,
  boolean,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
} from 'fast-check';
import { expect, test } from 'vitest';
import { documents } from '../support/generated-documents.ts';
import { startGateway } from '../support/gateway-harness.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { send, type WireRequest } from '../support/wire.ts';

const oddities = constantFrom<unknown>(undefined, null, 7, 'text', [], {});
const variables = oneof(
  record(
    {
      limit: oneof(integer({ min: -1, max: 101 }), oddities),
      offset: oneof(integer({ min: -1, max: 300 }), oddities),
      flag: oneof(boolean(), oddities),
      after: oneof(integer({ min: -1, max: 300 }).map(String), integer(), oddities),
    },
    { requiredKeys: [] },
  ),
  oddities,
);
const operations = record(
  {
    query: oneof({ weight: 8, arbitrary: documents }, oddities),
    variables,
    operationName: oneof(constantFrom('', 'A', 'B', 'C', ' {'), oddities),
    extensions: oneof(oddities, constant({ persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } })),
    more: oddities,
  },
  { requiredKeys: ['query'] },
);
const bodies = oneof(
  { weight: 8, arbitrary: operations.map((body) => JSON.stringify(body)) },
  { weight: 2, arbitrary: array(operations, { maxLength: 4 }).map((body) => JSON.stringify(body)) },
  constantFrom('', '[]', '[{"query":"{__typename}"}]', 'null', '7', '{', '\uFEFF{"query":"{__typename}"}'),
);
const requests: Arbitrary<WireRequest> = record({
  body: bodies,
  headers: record({
    'content-type': constant('application/json'),
    accept: constantFrom('application/json', 'application/graphql-response+json', '*/*'),
    'accept-encoding': constantFrom('identity', 'gzip'),
  }),
});

/** For hundreds of requests on a busy machine. */
const TIMEOUT_MS = 120_000;

/** What a client sees, but for instants and what names one bug among others. */
async function seen(url: string, request: WireRequest) {
  const { status, headers, body } = await send(url, request);
  const { date: _date, ...others } = headers;
  return { status, headers: others, body };
}

test(
  'a request is answered alike, to the byte, by the fast ways and by the HTTP handler alone',
  { timeout: TIMEOUT_MS },
  async () => {
    const clock = createManualClock();
    const sandboxNow = () => clock.now();
    const api = { batchLimit: 3 };
    const [fast, slow] = await Promise.all([
      startGateway({ clock, sandboxNow, api, isFast: true }),
      startGateway({ clock, sandboxNow, api, isFast: false }),
    ]);
    await assert(
      asyncProperty(requests, async (request) => {
        const [one, other] = await Promise.all([seen(fast.url, request), seen(slow.url, request)]);
        expect(one).toEqual(other);
        // Again: of a document that is known, and then of a response that is kept.
        expect(await seen(fast.url, request)).toEqual(await seen(slow.url, request));
        expect(await seen(fast.url, request)).toEqual(await seen(slow.url, request));
      }),
      { numRuns: 250 },
    );
    expect(fast.events.map(({ type }) => type)).toEqual(slow.events.map(({ type }) => type));
  },
);

const steps = record({
  advanceMs: constantFrom(0, 0, 0, 200, 1_000, 4_900, 5_000, 60_000),
  offset: constantFrom(0, 0, 5, 20, 235, 240, 300),
  limit: constantFrom(0, 3, 20, 100),
  second: boolean(),
  method: constantFrom('GET', 'POST'),
});

test(
  'whatever pages are asked for, and whenever, a response that is kept is what would be made',
  { timeout: TIMEOUT_MS },
  async () => {
    await assert(
      asyncProperty(
        array(steps, { minLength: 10, maxLength: 30 }),
        constantFrom('exact', 'none'),
        async (sequence, total) => {
          const clock = createManualClock();
          const sandboxNow = () => clock.now();
          const sandbox = { total, arrivalEveryMs: 20_000 } as const;
          const [fast, slow] = await Promise.all([
            startGateway({ clock, sandboxNow, sandbox, isFast: true }),
            startGateway({ clock, sandboxNow, sandbox, isFast: false }),
          ]);
          for (const { advanceMs, offset, limit, second, method } of sequence) {
            await clock.advance(advanceMs);
            const page = (at: number) =>
              `worklist(offset: ${at}, limit: ${limit}) { total hasNextPage fetchedAt stale records { id status progress } }`;
            const query = `{ a: ${page(offset)} ${second ? `b: ${page(offset + limit)}` : ''} }`;
            const headers = { 'content-type': 'application/json' };
            const request: WireRequest =
              method === 'GET'
                ? { path: `/graphql?${new URLSearchParams({ query }).toString()}` }
                : { headers, body: JSON.stringify({ query }) };
            expect(await seen(fast.url, request)).toEqual(await seen(slow.url, request));
          }
          expect(fast.sandbox.worklistRequests().map(({ query }) => query)).toEqual(
            slow.sandbox.worklistRequests().map(({ query }) => query),
          );
        },
      ),
      { numRuns: 15 },
    );
  },
);
