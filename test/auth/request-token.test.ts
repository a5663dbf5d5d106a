import { expect, test } from 'vitest';
import { createTokenRequest } from '../../src/auth/request-token.ts';
import { Secret } from '../../src/secret.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createScriptedSend } from '../support/scripted-send.ts';

const PAGE = '<html>SECRET-BODY</html>';
const HTML = { 'content-type': 'text/html; charset=utf-8' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** What comes of a token request that is answered like this. */
function outcomeOf(status: number, body: string, headers: Record<string, string> = JSON_TYPE) {
  const { send } = createScriptedSend({ status, headers, body: Buffer.from(body) });
  const requestToken = createTokenRequest({
    send,
    clock: createManualClock(),
    tokenUrl: new URL('http://127.0.0.1/connect/token'),
    account: {
      clientId: 'client',
      clientSecret: new Secret('client-secret'),
      username: 'user',
      password: new Secret('password'),
    },
    scope: 'openid',
  });
  return requestToken({ type: 'password' });
}

function errorBody(error: unknown): string {
  return JSON.stringify({ error, error_description: 'SECRET-BODY' });
}

test.each([
  ['invalid_request', false],
  ['invalid_client', true],
  ['invalid_grant', false],
  ['unauthorized_client', false],
  ['unsupported_grant_type', false],
  ['invalid_scope', false],
  ['invalid_username_or_password', false],
])('%s refuses the credentials or what is set, whatever status that is', async (error, clientRefused) => {
  for (const status of [400, 401, 403, 200]) {
    const outcome = await outcomeOf(status, errorBody(error), HTML);
    expect(outcome).toMatchObject({
      kind: 'refused',
      clientRefused,
      error: { code: 'UPSTREAM_AUTH_FAILED', hint: expect.stringContaining(`HTTP ${status}, ${error}`) },
    });
    expect(JSON.stringify(outcome)).not.toContain('SECRET-BODY');
  }
});

test.each([
  ['a page with 400', 400, PAGE, HTML],
  ['a page with 401', 401, PAGE, HTML],
  ['nothing with 400', 400, '', {}],
  ['problem details', 400, '{"title":"Bad Request"}', { 'content-type': 'application/problem+json' }],
  ['an error that is not known, with 200', 200, errorBody('slow_down'), JSON_TYPE],
  ['an error that is not known', 400, errorBody('slow_down'), JSON_TYPE],
  ['an error that is no text', 401, errorBody({ error: 'invalid_grant' }), JSON_TYPE],
])('%s is an unclear answer, for which the caller may come again', async (_what, status, body, headers) => {
  expect(await outcomeOf(status, body, headers)).toMatchObject({
    kind: 'unclear',
    error: { code: 'UPSTREAM_UNAVAILABLE', mayRetryAtOnce: false, responseLost: false },
  });
});

test.each([
  ['a firewall that answers 403', 403, PAGE, HTML],
  ['a path that is not there for a moment', 404, PAGE, HTML],
  ['a method that is not allowed', 405, '{}', JSON_TYPE],
  ['a proxy that wants a log-in', 407, PAGE, HTML],
  ['a request that timed out, whatever the body says', 408, errorBody('invalid_grant'), JSON_TYPE],
  ['a request that came too early', 425, errorBody('invalid_client'), JSON_TYPE],
  ['server_error with 400', 400, errorBody('server_error'), JSON_TYPE],
  ['server_error with 200', 200, errorBody('server_error'), JSON_TYPE],
  ['temporarily_unavailable with 200', 200, errorBody('temporarily_unavailable'), JSON_TYPE],
  [
    'temporarily_unavailable and no token',
    200,
    '{"access_token":null,"error":"temporarily_unavailable"}',
    JSON_TYPE,
  ],
  ['temporarily_unavailable with 400', 400, errorBody('temporarily_unavailable'), JSON_TYPE],
  ['a server that failed, whatever the body says', 500, errorBody('invalid_grant'), JSON_TYPE],
  ['a gateway that times out', 504, PAGE, HTML],
])('%s says nothing about the credentials', async (_what, status, body, headers) => {
  await expect(outcomeOf(status, body, headers)).rejects.toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
    mayRetryAtOnce: false,
    responseLost: false,
  });
});

test('a pause asked for with 403 is known', async () => {
  await expect(outcomeOf(403, PAGE, { ...HTML, 'retry-after': '9' })).rejects.toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
    retryAfterMs: 9_000,
  });
});

test('a page with 200 has used up no refresh token, but a response that cannot be read may have', async () => {
  for (const body of [PAGE, `\uFEFF\n<!DOCTYPE html>${PAGE}`]) {
    await expect(outcomeOf(200, body, HTML)).rejects.toMatchObject({
      code: 'UPSTREAM_BAD_RESPONSE',
      responseLost: false,
    });
  }
  for (const body of [
    '',
    '{"access_token":"x',
    '{"token_type":"Bearer"}',
    '{"error":false}',
    '{"access_token":"a b","error":"server_error"}',
  ]) {
    await expect(outcomeOf(200, body)).rejects.toMatchObject({
      code: 'UPSTREAM_BAD_RESPONSE',
      responseLost: true,
    });
  }
});

test.each([
  ['access_token', '{}'],
  ['access_token', '{"access_token":""}'],
  ['access_token', '{"access_token":"a b"}'],
  ['access_token', '{"access_token":7,"expires_in":"soon"}'],
  ['token_type', '{"access_token":"x","token_type":"DPoP"}'],
  ['the body', '[]'],
  ['the body', 'null'],
])('a token response that lacks %s says so, and no content', async (place, body) => {
  await expect(outcomeOf(200, body)).rejects.toMatchObject({
    code: 'UPSTREAM_BAD_RESPONSE',
    message: `The token response has another shape than RFC 6749 says: ${place}.`,
  });
});

test('a token response that also has an error is a token', async () => {
  expect(await outcomeOf(200, '{"access_token":"x","error":"invalid_scope"}')).toMatchObject({
    kind: 'granted',
  });
});
