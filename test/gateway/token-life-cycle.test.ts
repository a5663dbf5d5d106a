import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';
import { createManualClock } from '../support/manual-clock.ts';

const TOKEN = '{ token { accessToken expiresIn refreshable } }';
/**
 * To the last fifth of the token's hour, in which it is refreshed ahead. Not further: the clock owns the
 * deadline of that refresh too.
 */
const TO_REFRESH_MS = 2_880_000;

async function setUp() {
  const clock = createManualClock();
  const { query, sandbox } = await startGateway({ clock });
  return {
    clock,
    sandbox,
    accessToken: async () => JSON.stringify((await query(TOKEN)).body.data),
    forms: () => sandbox.tokenRequests().map(({ form }) => form),
    grants: () => sandbox.tokenRequests().map(({ form }) => form['grant_type']),
  };
}

test('one login serves until the token is refreshed ahead, each time with the newest refresh token', async () => {
  const { clock, accessToken, forms, grants } = await setUp();
  const first = await accessToken();
  expect(await accessToken()).toBe(first);

  for (const refreshes of [1, 2, 3]) {
    await clock.advance(TO_REFRESH_MS);
    await expect.poll(() => grants().length).toBe(1 + refreshes);
    await expect.poll(accessToken).toContain('"expiresIn":3600');
  }
  expect(grants()).toEqual(['password', 'refresh_token', 'refresh_token', 'refresh_token']);
  const sent = forms().flatMap((form) => form['refresh_token'] ?? []);
  expect(new Set(sent).size).toBe(3);
});

test('when the refresh token is revoked, the gateway logs in again once', async () => {
  const { clock, sandbox, accessToken, grants } = await setUp();
  await accessToken();
  sandbox.revokeRefreshTokens();
  await clock.advance(TO_REFRESH_MS);
  await expect.poll(() => grants().length).toBe(2);
  await expect
    .poll(async () => {
      await clock.advance(100);
      return grants();
    })
    .toEqual(['password', 'refresh_token', 'password']);
});

test('a refresh whose answer is lost is not sent twice: the gateway logs in again', async () => {
  const { clock, sandbox, accessToken, grants } = await setUp();
  await accessToken();
  sandbox.configure({ faults: [{ on: 'token', reset: true, times: 1 }] });
  await clock.advance(TO_REFRESH_MS);
  await expect
    .poll(async () => {
      await clock.advance(100);
      return grants();
    })
    .toEqual(['password', 'refresh_token', 'password']);
});

test('while the token endpoint fails, the old token serves, and nobody notices', async () => {
  const { clock, sandbox, accessToken, grants } = await setUp();
  await accessToken();
  sandbox.configure({ faults: [{ on: 'token', status: 503, times: 2 }] });
  await clock.advance(TO_REFRESH_MS);
  await expect.poll(() => grants().length).toBe(2);
  expect(await accessToken()).toContain('"accessToken":"');
  await expect
    .poll(async () => {
      await clock.advance(500);
      return grants();
    })
    .toEqual(['password', 'refresh_token', 'refresh_token', 'refresh_token']);
});
