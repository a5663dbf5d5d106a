import { expect, test } from 'vitest';
import { MAX_TIMER_MS } from '../../src/clock.ts';
import { startMockOAuthServer, unchanged } from '../support/mock-oauth-server.ts';
import type { TokenResponse, TokenExchange } from '../support/oauth-upstream.ts';
import { RENEWAL_MS, setUp, TOKEN, WHOLE_WORKLIST, WORKLIST } from './set-up.ts';

/** After a token request that failed, with the jitter of these tests. */
const FIRST_PAUSE_MS = 1_500;

/** Changes these fields of an answer. `undefined` leaves a field out. */
function withFields(fields: TokenResponse['body']) {
  return ({ status, body }: TokenExchange): TokenResponse => ({ status, body: { ...body, ...fields } });
}

test('the first query logs in with the password, and a JWT opens the worklist', async () => {
  const server = await startMockOAuthServer();
  const { query, grants, answered, pages } = await setUp(server);

  expect(await query(WORKLIST)).toEqual(WHOLE_WORKLIST);
  expect(grants()).toEqual([['password', 200]]);
  expect(pages()).toEqual([[answered('access_token')[0], 200]]);
});

test('a renewal uses the newest refresh token, and gives the scopes of its own answer', async () => {
  const server = await startMockOAuthServer();
  const { clock, query, tokensHeld, answered, pages } = await setUp(server);
  expect(await query(TOKEN)).toMatchObject({
    data: { token: { scopes: ['openid', 'offline_access', 'email', 'profile', 'integrated-api'] } },
  });
  server.changeAnswers(withFields({ scope: 'openid  integrated-api' }));
  for (const count of [2, 3]) {
    await clock.advance(RENEWAL_MS);
    await tokensHeld(count);
    expect(await query(WORKLIST)).toEqual(WHOLE_WORKLIST);
  }

  expect(await query(TOKEN)).toMatchObject({ data: { token: { scopes: ['openid', 'integrated-api'] } } });
  const [first, second] = answered('refresh_token');
  expect(server.tokenRequests.map(({ form }) => form.refresh_token)).toEqual([undefined, first, second]);
  const [, ...renewed] = answered('access_token');
  expect(pages()).toEqual(renewed.map((accessToken) => [accessToken, 200]));
});

test('an answer without scopes granted those that were asked for', async () => {
  const server = await startMockOAuthServer();
  server.changeAnswers(withFields({ scope: undefined }));
  const { query } = await setUp(server);
  expect(await query(TOKEN)).toMatchObject({
    data: { token: { scopes: ['openid', 'offline_access', 'email', 'profile', 'integrated-api'] } },
  });
});

test('without a refresh token the password is used again at each renewal', async () => {
  const server = await startMockOAuthServer();
  server.changeAnswers(withFields({ refresh_token: undefined }));
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

test('a renewal that gives no new refresh token leaves the old one in use', async () => {
  const server = await startMockOAuthServer();
  const { clock, query, tokensHeld, answered } = await setUp(server);
  await query(WORKLIST);
  server.changeAnswers(withFields({ refresh_token: undefined }));
  for (const count of [2, 3]) {
    await clock.advance(RENEWAL_MS);
    await tokensHeld(count);
  }

  expect(await query(TOKEN)).toMatchObject({ data: { token: { refreshable: true } } });
  const [kept] = answered('refresh_token');
  expect(server.tokenRequests.map(({ form }) => form.refresh_token)).toEqual([undefined, kept, kept]);
});

test('a renewal that fails at the server is repeated with the same refresh token', async () => {
  const server = await startMockOAuthServer();
  const { clock, query, tokensMissed, tokensHeld, grants, answered } = await setUp(server);
  await query(WORKLIST);
  server.changeAnswers(() => ({ status: 503, body: {} }));
  await clock.advance(RENEWAL_MS);
  await tokensMissed(1);
  expect(await query(WORKLIST)).toEqual(WHOLE_WORKLIST);

  server.changeAnswers(unchanged);
  await clock.advance(FIRST_PAUSE_MS);
  await tokensHeld(2);
  expect(grants()).toEqual([
    ['password', 200],
    ['refresh_token', 503],
    ['refresh_token', 200],
  ]);
  const [first] = answered('refresh_token');
  expect(server.tokenRequests.map(({ form }) => form.refresh_token)).toEqual([undefined, first, first]);
});

test('a client refused at a renewal keeps its tokens, and never falls back to the password', async () => {
  const server = await startMockOAuthServer();
  const { clock, query, tokensMissed, tokensHeld, grants, answered, pages } = await setUp(server);
  await query(WORKLIST);
  server.changeAnswers(() => ({ status: 401, body: { error: 'invalid_client' } }));
  await clock.advance(RENEWAL_MS);
  await tokensMissed(1);
  expect(await query(WORKLIST)).toEqual(WHOLE_WORKLIST);

  server.changeAnswers(unchanged);
  await clock.advance(60_000);
  await tokensHeld(2);
  expect(await query(WORKLIST)).toEqual(WHOLE_WORKLIST);
  expect(grants()).toEqual([
    ['password', 200],
    ['refresh_token', 401],
    ['refresh_token', 200],
  ]);
  const [first, , second] = answered('access_token');
  expect(pages()).toEqual([
    [first, 200],
    [first, 200],
    [second, 200],
  ]);
});

test.each([
  ['no expires_in', 300, undefined],
  ['expires_in as a string', 1_200, '1200'],
  ['a fraction as expires_in', 90, 90.5],
  ['a fraction in a string', 90, '90.5'],
  ['0', 300, 0],
  ['"0"', 300, '0'],
  ['less than a second', 300, 0.5],
  ['-60', 300, -60],
  ['"soon"', 300, 'soon'],
  ['""', 300, ''],
  ['NaN as a string', 300, 'NaN'],
  ['true', 300, true],
  ['a list', 300, [3_600]],
  ['a point in time in seconds', 300, 1_790_000_000],
  ['a year', Math.floor(MAX_TIMER_MS / 1_000), 365 * 86_400],
])('a token with %s lives for %i s', async (_what, expiresIn, said) => {
  const server = await startMockOAuthServer();
  server.changeAnswers(withFields({ expires_in: said }));
  const { query } = await setUp(server);
  expect(await query(TOKEN)).toMatchObject({ data: { token: { expiresIn } } });
  expect(await query(WORKLIST)).toEqual(WHOLE_WORKLIST);
});

test.each<[string, TokenResponse['body']]>([
  ['scope as a list', { scope: ['openid', 'integrated-api offline_access'] }],
  ['scope as a number', { scope: 7 }],
  ['an empty scope', { scope: '' }],
  ['an empty refresh token', { refresh_token: '' }],
  ['a refresh token that is no text', { refresh_token: { token: 'x' } }],
  ['a refresh token with a line break', { refresh_token: 'x\ny' }],
  ['no token type', { token_type: undefined }],
  ['null as token type', { token_type: null }],
  ['an empty token type', { token_type: '' }],
  ['another case of the token type', { token_type: 'bEARER ' }],
])('a token with %s opens the worklist', async (_what, fields) => {
  const server = await startMockOAuthServer();
  server.changeAnswers(withFields(fields));
  const { query, grants } = await setUp(server);
  expect(await query(WORKLIST)).toEqual(WHOLE_WORKLIST);
  expect(await query(TOKEN)).toMatchObject({
    data: {
      token: {
        tokenType: 'Bearer',
        scopes: expect.arrayContaining(['openid', 'offline_access', 'integrated-api']),
        refreshable: !('refresh_token' in fields),
      },
    },
  });
  expect(grants()).toEqual([['password', 200]]);
});

test.each(['', 7, null])('a renewal whose refresh token is %j leaves the old one in use', async (odd) => {
  const server = await startMockOAuthServer();
  const { clock, query, tokensHeld, answered } = await setUp(server);
  await query(WORKLIST);
  server.changeAnswers(withFields({ refresh_token: odd }));
  for (const count of [2, 3]) {
    await clock.advance(RENEWAL_MS);
    await tokensHeld(count);
  }
  const [kept] = answered('refresh_token');
  expect(server.tokenRequests.map(({ form }) => form.refresh_token)).toEqual([undefined, kept, kept]);
});

test.each([
  ['token_type', 'mac'],
  ['access_token', undefined],
])(
  'an answer with %s %j is no token, and another is asked for after the first pause',
  async (field, value) => {
    const server = await startMockOAuthServer();
    server.changeAnswers(withFields({ [field]: value }));
    const { clock, query, tokensHeld, grants, pages } = await setUp(server);
    expect(await query(WORKLIST)).toMatchObject({
      data: { worklist: null },
      errors: [{ extensions: { code: 'UPSTREAM_BAD_RESPONSE' } }],
    });

    server.changeAnswers(unchanged);
    await clock.advance(FIRST_PAUSE_MS - 1);
    expect(grants()).toEqual([['password', 200]]);
    await clock.advance(1);
    await tokensHeld(1);
    expect(await query(WORKLIST)).toEqual(WHOLE_WORKLIST);
    expect(grants()).toEqual([
      ['password', 200],
      ['password', 200],
    ]);
    expect(pages()).toHaveLength(1);
  },
);
