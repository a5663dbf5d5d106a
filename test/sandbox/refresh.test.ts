import { expect, test } from 'vitest';
import { setUp } from './set-up.ts';

const REFUSED = { status: 400, body: { error: 'invalid_grant' } };

test('a refresh gives new tokens with the same scopes', async () => {
  const { postToken, passwordForm, refresh, getWorklist } = await setUp();
  const first = Object(await postToken(passwordForm)).body;
  const second = Object(await refresh(first.refresh_token)).body;
  expect(second.scope).toBe(first.scope);
  expect(second.access_token).not.toBe(first.access_token);
  expect(second.refresh_token).not.toBe(first.refresh_token);
  expect(await getWorklist('', second.access_token)).toMatchObject({ status: 200 });
});

test('a refresh leaves earlier access tokens alone', async () => {
  const { postToken, passwordForm, refresh, getWorklist } = await setUp();
  const first = Object(await postToken(passwordForm)).body;
  await refresh(first.refresh_token);
  expect(await getWorklist('', first.access_token)).toMatchObject({ status: 200 });
});

test('a refresh token used again ends its grant, and no other', async () => {
  const { refresh, signIn } = await setUp();
  const used = await signIn('refresh_token');
  const other = await signIn('refresh_token');
  const latest = Object(await refresh(used)).body.refresh_token;

  expect(await refresh(used)).toMatchObject(REFUSED);
  expect(await refresh(latest)).toMatchObject(REFUSED);
  expect(await refresh(other)).toMatchObject({ status: 200 });
});

test('an unknown refresh token is refused', async () => {
  const { refresh } = await setUp();
  expect(await refresh('unknown')).toMatchObject(REFUSED);
});

test('revoked refresh tokens are refused, and later ones are not', async () => {
  const { refresh, sandbox, signIn } = await setUp();
  const revoked = await signIn('refresh_token');
  sandbox.revokeRefreshTokens();
  expect(await refresh(revoked)).toMatchObject(REFUSED);
  expect(await refresh(await signIn('refresh_token'))).toMatchObject({ status: 200 });
});
