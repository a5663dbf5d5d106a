import { expect, test } from 'vitest';
import { ALL_SCOPES, setUp, without } from './set-up.ts';

const REFUSED_LOGIN = { error: 'invalid_grant', error_description: 'invalid_username_or_password' };

test('the password grant is answered as documented, and never to be stored', async () => {
  const { postToken, passwordForm } = await setUp();
  const { status, headers, body } = await postToken(passwordForm);
  expect(status).toBe(200);
  expect(headers['cache-control']).toBe('no-store');
  expect(body).toEqual({
    access_token: expect.stringMatching(/./),
    expires_in: 3_600,
    token_type: 'Bearer',
    refresh_token: expect.stringMatching(/./),
    scope: expect.any(String),
  });
});

test('the granted scopes are those asked for, in another order', async () => {
  const { postToken, passwordForm } = await setUp();
  const { body } = await postToken(passwordForm);
  const granted: string = Object(body).scope;
  expect(granted).not.toBe(ALL_SCOPES);
  expect(granted.split(' ').toSorted()).toEqual(ALL_SCOPES.split(' ').toSorted());
});

test('there is no refresh token without the scope offline_access', async () => {
  const { postToken, passwordForm } = await setUp();
  const { status, body } = await postToken({ ...passwordForm, scope: 'openid integrated-api' });
  expect(status).toBe(200);
  expect(body).not.toHaveProperty('refresh_token');
});

test.each(['username', 'password'])('a wrong %s is refused under the documented name', async (name) => {
  const { postToken, passwordForm } = await setUp();
  const answer = await postToken({ ...passwordForm, [name]: 'wrong' });
  expect(answer).toMatchObject({ status: 400, body: REFUSED_LOGIN });
});

test.each(['client_id', 'client_secret'])('a wrong %s is an invalid_client', async (name) => {
  const { postToken, passwordForm } = await setUp();
  const answer = await postToken({ ...passwordForm, [name]: 'wrong' });
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
});

test('a missing password is a wrong one', async () => {
  const { postToken, passwordForm } = await setUp();
  const answer = await postToken(without(passwordForm, 'password'));
  expect(answer).toMatchObject({ status: 400, body: REFUSED_LOGIN });
});

test.each(['grant_type', 'client_id', 'client_secret', 'username', 'scope'])(
  'a missing %s is an invalid_request that names it',
  async (name) => {
    const { postToken, passwordForm } = await setUp();
    const answer = await postToken(without(passwordForm, name));
    expect(answer).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: `${name} is missing` },
    });
  },
);

test('a refresh grant needs its refresh token', async () => {
  const { refresh } = await setUp();
  expect(await refresh('')).toMatchObject({
    status: 400,
    body: { error: 'invalid_request', error_description: 'refresh_token is missing' },
  });
});

test('another grant type is unsupported', async () => {
  const { postToken, passwordForm } = await setUp();
  const answer = await postToken({ ...passwordForm, grant_type: 'client_credentials' });
  expect(answer).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } });
});

test.each(['openid', 'integrated-api', `${ALL_SCOPES} management-api`])(
  'the scopes "%s" are invalid: one is missing or unknown',
  async (scope) => {
    const { postToken, passwordForm } = await setUp();
    const answer = await postToken({ ...passwordForm, scope });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  },
);

test('a body that is not form-encoded is an invalid_request', async () => {
  const { sandbox, passwordForm } = await setUp();
  const response = await fetch(`${sandbox.url}/connect/token`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: new URLSearchParams(passwordForm).toString(),
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: 'invalid_request' });
});

test('a form beyond 64 KiB is not read', async () => {
  const { postToken, passwordForm, sandbox } = await setUp();
  const answer = await postToken({ ...passwordForm, padding: 'x'.repeat(65_536) });
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  expect(sandbox.tokenRequests()[0]?.form).toEqual({});
});

test('the documented request without a password is accepted where none is required', async () => {
  const { postToken, passwordForm } = await setUp({ settings: { requirePassword: false } });
  expect(await postToken(without(passwordForm, 'password'))).toMatchObject({ status: 200 });
  expect(await postToken({ ...passwordForm, password: 'wrong' })).toMatchObject({ body: REFUSED_LOGIN });
});
