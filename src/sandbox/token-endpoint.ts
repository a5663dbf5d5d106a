import { SANDBOX_CREDENTIALS } from './credentials.ts';
import { jsonReply, type Reply } from './reply.ts';
import type { SandboxRequest } from './request-log.ts';
import type { SandboxSettings } from './settings.ts';
import type { IssuedTokens, Tokens } from './tokens.ts';

type Form = SandboxRequest['form'];

const REQUIRED_SCOPES = ['openid', 'integrated-api'];
const KNOWN_SCOPES = [...REQUIRED_SCOPES, 'offline_access', 'email', 'profile', 'managed-api'];

const NO_STORE = { 'Cache-Control': 'no-store' };

/** Replies to `POST /connect/token` as RFC 6749 describes it, for the password and the refresh token grant. */
export function tokenReply(form: Form, tokens: Tokens, settings: SandboxSettings): Reply {
  const incomplete = refuseIncomplete(form, ['grant_type', 'client_id', 'client_secret']);
  if (incomplete !== undefined) return incomplete;
  if (
    form['client_id'] !== SANDBOX_CREDENTIALS.clientId ||
    form['client_secret'] !== SANDBOX_CREDENTIALS.clientSecret
  ) {
    return refuse('invalid_client');
  }
  if (form['grant_type'] === 'password') return passwordGrantReply(form, tokens, settings);
  if (form['grant_type'] === 'refresh_token') return refreshGrantReply(form, tokens, settings);
  return refuse('unsupported_grant_type');
}

function passwordGrantReply(form: Form, tokens: Tokens, settings: SandboxSettings): Reply {
  const incomplete = refuseIncomplete(form, ['username', 'scope']);
  if (incomplete !== undefined) return incomplete;

  // A missing password is an empty one, as it is to an IdentityServer.
  const assumed = settings.requirePassword ? '' : SANDBOX_CREDENTIALS.password;
  const { username, password = assumed, scope = '' } = form;
  if (username !== SANDBOX_CREDENTIALS.username || password !== SANDBOX_CREDENTIALS.password) {
    return refuse('invalid_grant', 'invalid_username_or_password');
  }
  const scopes = [...new Set(scope.split(' '))];
  if (
    !REQUIRED_SCOPES.every((required) => scopes.includes(required)) ||
    !scopes.every((asked) => KNOWN_SCOPES.includes(asked))
  ) {
    return refuse('invalid_scope');
  }
  return grant(tokens.issue(scopes, settings.accessTokenLifetimeS));
}

function refreshGrantReply(form: Form, tokens: Tokens, settings: SandboxSettings): Reply {
  const incomplete = refuseIncomplete(form, ['refresh_token']);
  if (incomplete !== undefined) return incomplete;

  const { refresh_token: refreshToken = '' } = form;
  const issued = tokens.refresh(refreshToken, settings.accessTokenLifetimeS);
  return issued === undefined ? refuse('invalid_grant') : grant(issued);
}

function grant({ accessToken, refreshToken, scopes, lifetimeS }: IssuedTokens): Reply {
  const body = {
    access_token: accessToken,
    expires_in: lifetimeS,
    token_type: 'Bearer',
    refresh_token: refreshToken,
    // In another order than asked, which the upstream reserves for itself.
    scope: scopes.toReversed().join(' '),
  };
  return jsonReply(200, body, NO_STORE);
}

function refuseIncomplete(form: Form, names: readonly string[]): Reply | undefined {
  const missing = names.find((name) => !form[name]);
  return missing === undefined ? undefined : refuse('invalid_request', `${missing} is missing`);
}

function refuse(error: string, description?: string): Reply {
  return jsonReply(400, { error, error_description: description }, NO_STORE);
}
