import { expect, test } from 'vitest';
import { Secret } from '../../src/secret.ts';
import { startOidcProvider } from '../support/oidc-provider.ts';
import { setUp, WHOLE_WORKLIST, WORKLIST } from './set-up.ts';

const REFUSED = {
  data: { worklist: null },
  errors: [{ path: ['worklist'], extensions: { code: 'UPSTREAM_AUTH_FAILED', retryable: false } }],
};

test.each([
  ['password', { password: new Secret('wrong') }, 400, 'invalid_grant'],
  ['client secret', { clientSecret: new Secret('wrong') }, 401, 'invalid_client'],
])('a wrong %s is tried once, and again a minute later', async (_what, account, status, error) => {
  const server = await startOidcProvider();
  const { gateway, clock, query, tokensAsked, grants, answered, pages } = await setUp(server, account);
  for (const waitMs of [0, 58_000]) {
    await clock.advance(waitMs);
    expect(await query(WORKLIST)).toMatchObject(REFUSED);
    const readiness = await fetch(`${gateway.url}/readyz`);
    expect(readiness.status).toBe(503);
    expect(await readiness.json()).toMatchObject({ ready: false, reason: 'UPSTREAM_AUTH_FAILED' });
    expect(grants()).toEqual([['password', status]]);
  }

  await clock.advance(2_000);
  await tokensAsked(2);
  expect(grants()).toEqual([
    ['password', status],
    ['password', status],
  ]);
  expect(answered('error')).toEqual([error, error]);
  expect(pages()).toEqual([]);
});

test('a gateway whose password becomes right is ready after its next try', async () => {
  const server = await startOidcProvider();
  const { gateway, clock, query, tokensHeld, grants } = await setUp(server, { password: new Secret('new') });
  expect(await query(WORKLIST)).toMatchObject(REFUSED);
  server.changePassword('new');
  await clock.advance(60_000);
  await tokensHeld(1);

  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  expect(await query(WORKLIST)).toEqual(WHOLE_WORKLIST);
  expect(grants()).toEqual([
    ['password', 400],
    ['password', 200],
  ]);
});
