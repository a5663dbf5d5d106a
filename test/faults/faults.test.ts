import { describe, expect, test } from 'vitest';
import { eventually, startExperiment } from '../support/fault-experiment.ts';
import { CANARY, httpResponse, recordsAt, RECORD_COUNT, type Endpoint } from '../support/fault-laboratory.ts';
import { FAULTS, FOREIGN, RETRYABLE } from '../support/faults.ts';

const PAGE = '{ worklist(limit: 3) { total stale records { id } } token { tokenType } }';
const NEXT_PAGE = '{ worklist(offset: 3, limit: 3) { total stale records { id } } token { tokenType } }';
const DATED_PAGE = '{ worklist(limit: 3) { total stale fetchedAt records { id } } }';
const LOG_IN = '{ token { tokenType } }';

/** What the gateway may let an upstream write before it stops reading: its limit of 8 MiB, and all buffers. */
const MAX_WRITTEN_BYTES = 32 * 1_024 * 1_024;

const TOKEN = { tokenType: 'Bearer' };

function pageAt(offset: number) {
  return { total: RECORD_COUNT, stale: false, records: recordsAt(offset, 3) };
}

describe.each<Endpoint>(['worklist', 'token'])('a %s endpoint', (endpoint) => {
  test.each(FAULTS)('that $name has its code and its cost, and leaves no trace', async (fault) => {
    const { code, retryAfterMs, calls } = fault.on[endpoint];
    const { laboratory, clock, ask, attempts, inflict, heal } = await startExperiment();
    if (endpoint === 'worklist') await ask(LOG_IN);
    // From here on a refused token may be replaced at once.
    await clock.advance(1_000);
    const before = attempts();
    const arrived = () => ({
      worklist: laboratory.requests('worklist').length,
      token: laboratory.requests('token').length - before.token,
    });
    await inflict(endpoint, fault);

    const { status, body } = await ask(PAGE);
    expect(status).toBe(200);
    const worklistFails = code !== undefined;
    const tokenFails = worklistFails && endpoint === 'token';
    expect(body.data).toEqual({
      worklist: worklistFails ? null : pageAt(0),
      token: tokenFails ? null : TOKEN,
    });
    const extensions = {
      code,
      retryable: RETRYABLE.has(code),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
    expect(Object.fromEntries(body.errors?.map((error) => [error.path, error.extensions]) ?? [])).toEqual({
      ...(worklistFails && { worklist: extensions }),
      ...(tokenFails && { token: extensions }),
    });

    expect(attempts()).toEqual({ worklist: calls.worklist, token: before.token + calls.token });
    const isThere = fault.misbehaviour !== 'refuses connections';
    expect(arrived()).toEqual(isThere ? calls : { worklist: 0, token: 0 });
    expect(laboratory.elsewhere.sockets).toEqual([]);
    expect(laboratory.bytesWritten()).toBeLessThan(MAX_WRITTEN_BYTES);

    await heal();
    expect((await ask(PAGE)).body).toEqual({ data: { worklist: pageAt(0), token: TOKEN } });
    expect((await ask(NEXT_PAGE)).body).toEqual({ data: { worklist: pageAt(3), token: TOKEN } });
  });

  test.each(FAULTS)('that $name is hidden by a stale page, unless it refuses the request', async (fault) => {
    const { code } = fault.on[endpoint];
    // Without a refresh token, a new token takes a single call.
    const { laboratory, clock, ask, attempts, inflict, heal } = await startExperiment({
      refreshable: false,
      cache: { ttlMs: 0, staleMs: 0, staleIfErrorMs: 3_600_000 },
    });
    const read = async () => (await ask(DATED_PAGE)).body;
    const pageNow = () => ({ ...pageAt(0), fetchedAt: new Date(clock.now()).toISOString() });
    const old = pageNow();
    expect(await read()).toEqual({ data: { worklist: old } });
    await clock.advance(1_000);
    if (endpoint === 'token') laboratory.revoke();
    const before = attempts();
    await inflict(endpoint, fault);
    const atFault = pageNow();

    const body = await read();
    const isRefused = code === 'UPSTREAM_REJECTED';
    const page = code === undefined ? atFault : { ...old, stale: true };
    expect(body.data).toEqual({ worklist: isRefused ? null : page });
    expect(body.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(
      isRefused ? [code] : undefined,
    );
    // Where nothing is there, the worklist is missed first.
    const missed = fault.misbehaviour === 'refuses connections' ? 'worklist' : endpoint;
    expect(attempts()[missed]).toBeGreaterThan(before[missed]);

    await heal();
    // The first to ask may still get the old page, while it is fetched again.
    await expect.poll(read, { interval: 1 }).toEqual({ data: { worklist: pageNow() } });
  });
});

test.each([
  ['long before', true],
  ['just before', false],
])('an answer that nobody asked for, %s the next request, is given to nobody', async (_when, isNoticed) => {
  const { laboratory, ask } = await startExperiment();
  await ask(PAGE);
  for (const socket of laboratory.connections()) socket.write(httpResponse('200 OK', FOREIGN));
  if (isNoticed) await eventually(() => laboratory.connections().length === 0);

  const { body } = await ask(NEXT_PAGE);
  expect(JSON.stringify(body)).not.toContain(CANARY);
  expect(body).toEqual({ data: { worklist: pageAt(3), token: TOKEN } });
});
