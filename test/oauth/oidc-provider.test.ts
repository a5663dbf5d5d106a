import { expect, test } from 'vitest';
import { CREDENTIALS, RECORD_IDS } from '../support/oauth-upstream.ts';
import { startOidcProvider } from '../support/oidc-provider.ts';
import { RENEWAL_MS, setUp, TOKEN, WHOLE_WORKLIST, WORKLIST } from './set-up.ts';

/** A query for each record, and what it gives. */
const SINGLE_RECORDS = RECORD_IDS.map((id, offset) => ({
  query: `{ worklist(offset: ${offset}, limit: 1) { records { id } } }`,
  body: { data: { worklist: { records: [{ id }] } } },
}));

test('the first query logs in with the password, and its token opens the worklist', async () => {
  const server = await startOidcProvider();
  const { query, answered, pages } = await setUp(server);

  expect(await query(WORKLIST)).toEqual(WHOLE_WORKLIST);
  expect(server.tokenRequests.map(({ form }) => form)).toEqual([
    {
      grant_type: 'password',
      client_id: CREDENTIALS.clientId,
      client_secret: CREDENTIALS.clientSecret,
      username: CREDENTIALS.username,
      password: CREDENTIALS.password,
      scope: 'openid offline_access email profile integrated-api',
    },
  ]);
  expect(pages()).toEqual([[answered('access_token')[0], 200]]);
});

test('any number of queries at the same time share one token', async () => {
  const { query, grants, answered, pages } = await setUp(await startOidcProvider());
  const bodies = await Promise.all(SINGLE_RECORDS.map((single) => query(single.query)));

  expect(bodies).toEqual(SINGLE_RECORDS.map(({ body }) => body));
  expect(grants()).toEqual([['password', 200]]);
  expect(pages()).toEqual(SINGLE_RECORDS.map(() => [answered('access_token')[0], 200]));
});

test('a token is renewed before it ends, each time with the newest refresh token', async () => {
  const server = await startOidcProvider();
  const { clock, query, tokensHeld, grants, answered, pages } = await setUp(server);
  await query(WORKLIST);
  for (const count of [2, 3]) {
    await clock.advance(RENEWAL_MS);
    await tokensHeld(count);
    expect(await query(WORKLIST)).toEqual(WHOLE_WORKLIST);
  }

  expect(grants()).toEqual([
    ['password', 200],
    ['refresh_token', 200],
    ['refresh_token', 200],
  ]);
  const [first, second, third] = answered('refresh_token');
  expect(new Set([first, second, third]).size).toBe(3);
  expect(server.tokenRequests.map(({ form }) => form.refresh_token)).toEqual([undefined, first, second]);
  expect(pages()).toEqual(answered('access_token').map((accessToken) => [accessToken, 200]));
});

test('a refresh token that the server forgot leads to one log-in, which no client notices', async () => {
  const server = await startOidcProvider();
  const { clock, query, tokensAsked, tokensHeld, grants, answered, pages } = await setUp(server);
  await query(WORKLIST);
  await server.revoke(answered('refresh_token')[0]);
  await clock.advance(RENEWAL_MS);
  await tokensAsked(2);
  expect(await query(WORKLIST)).toEqual(WHOLE_WORKLIST);

  await clock.advance(1_000);
  await tokensHeld(2);
  expect(await query(WORKLIST)).toEqual(WHOLE_WORKLIST);
  expect(grants()).toEqual([
    ['password', 200],
    ['refresh_token', 400],
    ['password', 200],
  ]);
  const [first, , second] = answered('access_token');
  expect(pages()).toEqual([
    [first, 200],
    [first, 200],
    [second, 200],
  ]);
});

test('an access token that was revoked is replaced once, and the query succeeds', async () => {
  const server = await startOidcProvider();
  const { clock, query, grants, answered, pages } = await setUp(server);
  await query(WORKLIST);
  await server.revoke(answered('access_token')[0]);
  await clock.advance(1_000);

  expect(await query(WORKLIST)).toEqual(WHOLE_WORKLIST);
  expect(grants()).toEqual([
    ['password', 200],
    ['refresh_token', 200],
  ]);
  const [revoked, replacement] = answered('access_token');
  expect(pages()).toEqual([
    [revoked, 200],
    [revoked, 401],
    [replacement, 200],
  ]);
});

test('queries that meet a revoked access token at the same time share its replacement', async () => {
  const server = await startOidcProvider();
  const { clock, query, grants, answered } = await setUp(server);
  await query(WORKLIST);
  await server.revoke(answered('access_token')[0]);
  await clock.advance(1_000);
  const bodies = await Promise.all(SINGLE_RECORDS.map((single) => query(single.query)));

  expect(bodies).toEqual(SINGLE_RECORDS.map(({ body }) => body));
  expect(grants()).toEqual([
    ['password', 200],
    ['refresh_token', 200],
  ]);
});

test('where access and refresh token were revoked, the query logs in and succeeds', async () => {
  const server = await startOidcProvider();
  const { clock, query, tokensAsked, grants, answered, pages } = await setUp(server);
  await query(WORKLIST);
  await server.revoke(answered('access_token')[0]);
  await server.revoke(answered('refresh_token')[0]);
  await clock.advance(1_000);
  const answer = query(WORKLIST);
  await tokensAsked(2);
  await clock.advance(1_000);

  expect(await answer).toEqual(WHOLE_WORKLIST);
  expect(grants()).toEqual([
    ['password', 200],
    ['refresh_token', 400],
    ['password', 200],
  ]);
  const [revoked, , replacement] = answered('access_token');
  expect(pages()).toEqual([
    [revoked, 200],
    [revoked, 401],
    [replacement, 200],
  ]);
});

test('the token has the scopes that were granted, not those that were asked for', async () => {
  const scopes = ['openid', 'offline_access', 'integrated-api'];
  const server = await startOidcProvider({ scopes, accessTokenLifetimeS: 600 });
  const { clock, query, tokensHeld } = await setUp(server);
  const token = { tokenType: 'Bearer', scopes, expiresIn: 600, refreshable: true };
  expect(await query(TOKEN)).toEqual({ data: { token } });

  await clock.advance(480_000);
  await tokensHeld(2);
  expect(await query(TOKEN)).toEqual({ data: { token } });
});

test('without offline access the password is used again at each renewal', async () => {
  const server = await startOidcProvider({ scopes: ['openid', 'integrated-api'] });
  const { clock, query, tokensHeld, grants, answered, pages } = await setUp(server);
  expect(await query(TOKEN)).toMatchObject({ data: { token: { refreshable: false } } });
  await clock.advance(RENEWAL_MS);
  await tokensHeld(2);

  expect(await query(WORKLIST)).toEqual(WHOLE_WORKLIST);
  expect(grants()).toEqual([
    ['password', 200],
    ['password', 200],
  ]);
  expect(pages()).toEqual([[answered('access_token')[1], 200]]);
});
