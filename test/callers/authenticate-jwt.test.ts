import { exportJWK } from 'jose';
import { expect, test } from 'vitest';
import { authenticateJwt } from '../../src/callers/authenticate-jwt.ts';
import { createIssuerKeys } from '../../src/callers/issuer-keys.ts';
import { AUDIENCE, claims, createKey, ISSUER, signed } from '../security/jwt-issuer.ts';
import { createManualClock } from '../support/manual-clock.ts';

/** An issuer with one key, and how often a signature was checked with it. */
async function setUp() {
  const clock = createManualClock(Date.now());
  const key = await createKey('first');
  const jwk = { ...(await exportJWK(key.publicKey)), kid: key.kid };
  const keys = createIssuerKeys({ clock, report: () => {}, fetchJwks: async () => ({ keys: [jwk] }) });
  let checks = 0;
  const authenticate = authenticateJwt({
    keys: {
      current: keys.current,
      find(...token) {
        checks += 1;
        return keys.find(...token);
      },
    },
    issuer: ISSUER,
    audience: AUDIENCE,
    claim: 'scope',
    permissions: undefined,
    clock,
  });
  const ask = (bearer: string) =>
    authenticate({ bearer, apiKey: undefined }).then(
      ({ name, permissions }) => ({ name, permissions: [...permissions] }),
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
    );
  const tokenWith = (changes: Parameters<typeof claims>[0] = {}) => signed(key, claims(changes));
  const nowS = () => Math.floor(clock.now() / 1_000);
  return { clock, ask, tokenWith, nowS, checks: () => checks };
}

test('a token that was right is checked once', async () => {
  const { ask, tokenWith, checks } = await setUp();
  const token = await tokenWith({ sub: 'alice' });
  // The first one brings the keys.
  await ask(token);
  const before = checks();
  for (let time = 0; time < 5; time += 1) {
    expect(await ask(token)).toEqual({ name: 'alice', permissions: ['worklist:read', 'token:read'] });
  }
  expect(checks() - before).toBe(1);
});

test('it ends when it says, with the tolerance for clocks, as if it had not been remembered', async () => {
  const { clock, ask, tokenWith, nowS } = await setUp();
  const token = await tokenWith({ sub: 'alice', exp: nowS() + 60 });
  await ask(token);
  await ask(token);
  await clock.advance((60 + 29) * 1_000);
  expect(await ask(token)).toMatchObject({ name: 'alice' });
  await clock.advance(1_000);
  expect(await ask(token)).toBe('UNAUTHENTICATED');
});

test('where the wall clock is set back to before it begins, it is wrong again', async () => {
  const { clock, ask, tokenWith, nowS } = await setUp();
  const token = await tokenWith({ sub: 'alice', nbf: nowS() });
  await ask(token);
  expect(await ask(token)).toMatchObject({ name: 'alice' });
  clock.jump(-31_000);
  expect(await ask(token)).toBe('UNAUTHENTICATED');
});

test('once the keys were fetched again, it is checked again', async () => {
  const { clock, ask, tokenWith, checks } = await setUp();
  const token = await tokenWith({ sub: 'alice', exp: Math.floor(Date.now() / 1_000) + 7_200 });
  await ask(token);
  await ask(token);
  const before = checks();
  // Who comes after ten minutes is let in by the keys that are known, and makes the gateway ask again.
  await clock.advance(600_001);
  await ask(token);
  await clock.advance(0);
  expect(checks()).toBe(before);
  await ask(token);
  await ask(token);
  expect(checks() - before).toBe(1);
});

test('two tokens of one caller are two', async () => {
  const { ask, tokenWith } = await setUp();
  const [reader, nobody] = [await tokenWith({ sub: 'alice' }), await tokenWith({ sub: 'alice', scope: '' })];
  for (let time = 0; time < 3; time += 1) {
    expect(await ask(reader)).toEqual({ name: 'alice', permissions: ['worklist:read', 'token:read'] });
    expect(await ask(nobody)).toEqual({ name: 'alice', permissions: [] });
  }
});
