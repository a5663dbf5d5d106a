import { expect, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { GatewayEvent } from '../../src/events.ts';
import { createReadiness } from '../../src/server/readiness.ts';
import { startGateway } from '../support/gateway-harness.ts';
import { createManualClock } from '../support/manual-clock.ts';

const HOUR_MS = 3_600_000;

const replaced: GatewayEvent = { type: 'token.replaced', grant: 'password', lifetimeMs: HOUR_MS };
const failedWith = (code: 'UPSTREAM_UNAVAILABLE' | 'UPSTREAM_AUTH_FAILED'): GatewayEvent => ({
  type: 'token.failed',
  error: new GatewayError(code, 'Secret words of a message'),
  retryInMs: 1_000,
});
const unavailable = failedWith('UPSTREAM_UNAVAILABLE');
const refused = failedWith('UPSTREAM_AUTH_FAILED');
const answered = (status: number, route = 'records/worklist'): GatewayEvent => ({
  type: 'upstream.responded',
  route,
  status,
  durationMs: 1,
});
const failed = (error: unknown): GatewayEvent => ({
  type: 'upstream.failed',
  route: 'records/worklist',
  error,
  durationMs: 1,
});
const timedOut = failed(new GatewayError('UPSTREAM_TIMEOUT', 'x'));

/** The state after these events; a number is time that passes. */
async function stateAfter(...steps: readonly (GatewayEvent | number)[]) {
  const clock = createManualClock();
  const readiness = createReadiness(clock);
  for (const step of steps) {
    if (typeof step === 'number') await clock.advance(step);
    else readiness.note(step);
  }
  return readiness.state();
}

test.each<[string, readonly (GatewayEvent | number)[], object]>([
  ['at the start', [], { ready: false, reason: 'STARTING', token: 'none' }],
  [
    'while the first token cannot be had',
    [unavailable],
    { ready: false, reason: 'UPSTREAM_UNAVAILABLE', token: 'none' },
  ],
  [
    'where the account is refused from the start',
    [refused],
    { ready: false, reason: 'UPSTREAM_AUTH_FAILED', token: 'refused' },
  ],
  ['with a token', [unavailable, replaced], { ready: true, token: 'valid' }],
  ['while the token cannot be replaced', [replaced, unavailable], { ready: true, token: 'failing' }],
  [
    'after the token ended in an outage, since kept pages still serve',
    [replaced, unavailable, HOUR_MS],
    { ready: true, token: 'expired' },
  ],
  [
    'many hours into an outage, since the gateway tells its clients more than a proxy could',
    [replaced, unavailable, 9 * HOUR_MS],
    { ready: true, token: 'expired' },
  ],
  ['while the token of a refused account lives', [replaced, refused], { ready: true, token: 'refused' }],
  [
    'once the token of a refused account has ended',
    [replaced, refused, HOUR_MS],
    { ready: false, reason: 'UPSTREAM_AUTH_FAILED', token: 'refused' },
  ],
  [
    'where a token is refused as soon as it is issued',
    [replaced, { type: 'token.refused', retryInMs: 60_000 }],
    { ready: false, reason: 'UPSTREAM_AUTH_FAILED', token: 'refused' },
  ],
  [
    'once such a token is accepted after all',
    [replaced, { type: 'token.refused', retryInMs: 60_000 }, { type: 'token.accepted' }],
    { ready: true, token: 'valid' },
  ],
  [
    'once the pause after that is over, since only requests can show whether it is accepted now',
    [replaced, { type: 'token.refused', retryInMs: 60_000 }, 60_000],
    { ready: true, token: 'valid' },
  ],
  [
    'where the account is refused, and then nobody answers',
    [refused, unavailable],
    { ready: false, reason: 'UPSTREAM_AUTH_FAILED', token: 'refused' },
  ],
  [
    'once the token of a refused account has ended, and nobody answers',
    [replaced, refused, HOUR_MS, unavailable],
    { ready: false, reason: 'UPSTREAM_AUTH_FAILED', token: 'refused' },
  ],
  [
    'once a refused account is accepted again after an outage',
    [refused, unavailable, replaced, unavailable],
    { ready: true, token: 'failing' },
  ],
  [
    'once a refused account is accepted again',
    [replaced, refused, HOUR_MS, replaced],
    { ready: true, token: 'valid' },
  ],
])('readiness %s', async (_when, steps, expected) => {
  expect(await stateAfter(...steps)).toMatchObject(expected);
});

test.each<[string, readonly GatewayEvent[], string]>([
  ['before any call', [], 'unknown'],
  ['after an answer', [answered(200)], 'ok'],
  ['after a refusal, which is an answer', [answered(200), answered(404)], 'ok'],
  ['after a 5xx', [answered(200), answered(503)], 'failing'],
  ['after a call without an answer', [answered(200), timedOut], 'failing'],
  ['after a call whose caller left', [answered(200), failed(new DOMException('', 'AbortError'))], 'ok'],
  ['while the token endpoint alone answers', [timedOut, answered(200, 'token')], 'failing'],
  ['once it answers again', [timedOut, answered(200)], 'ok'],
  ['while the breaker is open', [answered(200), { type: 'breaker.opened', openMs: 1 }], 'failing'],
  [
    'once the breaker has closed',
    [{ type: 'breaker.opened', openMs: 1 }, answered(200), { type: 'breaker.closed' }],
    'ok',
  ],
])('the upstream %s', async (_when, events, upstream) => {
  expect(await stateAfter(replaced, ...events)).toEqual({ ready: true, upstream, token: 'valid' });
});

test('the state holds nothing of an error but its code', async () => {
  const state = await stateAfter({ type: 'token.failed', error: new Error('CANARY'), retryInMs: 1 });
  expect(state).toEqual({
    ready: false,
    reason: 'INTERNAL_SERVER_ERROR',
    upstream: 'unknown',
    token: 'none',
  });
});

test('/readyz asks for no token and waits for none, over GET and HEAD', async () => {
  const { url, gateway, sandbox } = await startGateway({
    sandbox: { faults: [{ on: 'token', hang: true, times: 1 }] },
  });
  const readiness = async (method: string) => {
    const response = await fetch(`${url}/readyz`, { method });
    return [response.status, await response.text()];
  };
  const starting = JSON.stringify({ ready: false, reason: 'STARTING', upstream: 'unknown', token: 'none' });
  expect(await readiness('GET')).toEqual([503, starting]);
  expect(sandbox.tokenRequests()).toHaveLength(0);

  gateway.start();
  await expect.poll(() => sandbox.tokenRequests().length).toBe(1);
  expect(await readiness('GET')).toEqual([503, starting]);
  expect(await readiness('HEAD')).toEqual([503, '']);
});

test('an instance stays ready while the upstream is down, and serves what it kept; it leaves when it drains', async () => {
  const clock = createManualClock();
  const { url, query, gateway, sandbox } = await startGateway({ clock, cache: { staleIfErrorMs: HOUR_MS } });
  const page = { data: { worklist: { total: 240 } } };
  const readiness = async () => {
    const response = await fetch(`${url}/readyz`);
    return [response.status, await response.json()];
  };
  expect((await query('{ worklist { total } }')).body).toEqual(page);
  expect(await readiness()).toEqual([200, { ready: true, upstream: 'ok', token: 'valid' }]);

  await sandbox.close();
  await clock.advance(HOUR_MS);
  await expect.poll(async () => (await readiness())[1]).toMatchObject({ upstream: 'failing' });
  expect((await query('{ worklist { total } }')).body).toEqual(page);
  expect(await readiness()).toEqual([200, { ready: true, upstream: 'failing', token: 'expired' }]);

  gateway.drain();
  expect(await readiness()).toEqual([
    503,
    { ready: false, reason: 'SHUTTING_DOWN', upstream: 'failing', token: 'expired' },
  ]);
  expect((await fetch(`${url}/livez`)).status).toBe(200);
});
