import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';
import { createManualClock } from '../support/manual-clock.ts';

const HOUR_S = 3_600;
const TTL_S = 5;
/** Of the token's hour, the last fifth is for its refresh. */
const REFRESH_AFTER_S = 2_880;
const OFFSETS = [0, 20, 100];
/** The traffic of each second. */
const CALLERS = 4;

test.each([
  ['waited for', 0],
  ['served while they are fetched again', 60_000],
])(
  'an hour of steady traffic costs a call for each page and time to live, and one token a refresh, where stale pages are %s',
  async (_how, staleMs) => {
    const clock = createManualClock();
    const { query, sandbox } = await startGateway({ clock, cache: { ttlMs: TTL_S * 1_000, staleMs } });
    const ask = (offset: number) =>
      query('query ($offset: Int!) { worklist(offset: $offset) { records { id } } }', { offset });

    for (let second = 0; second < HOUR_S; second += 1) {
      const answers = await Promise.all(
        Array.from({ length: CALLERS }, (_, caller) => ask(OFFSETS[(second + caller) % OFFSETS.length] ?? 0)),
      );
      for (const { body } of answers) expect(body.errors).toBeUndefined();
      await clock.advance(1_000);
    }

    const calls = sandbox.worklistRequests().length;
    // Windows that follow on share a call where both are old.
    expect(calls).toBeLessThanOrEqual((OFFSETS.length * HOUR_S) / TTL_S + OFFSETS.length);
    expect(calls).toBeGreaterThan(HOUR_S / TTL_S - 1);
    expect(sandbox.tokenRequests()).toHaveLength(1 + Math.floor(HOUR_S / REFRESH_AFTER_S));
  },
  60_000,
);
