import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { HttpResponse, Send } from '../http/send.ts';
import type { Secret } from '../secret.ts';
import type { ServiceAccount } from '../service-account.ts';
import { otherErrorOf, refusalIn, saysError, tokenErrorOf, type TokenError } from './token-error.ts';
import { readTokenResponse, type TokenRequestFacts, type TokenResponse } from './token-response.ts';

/** The grants of RFC 6749 that the gateway uses, sections 4.3 and 6. */
export type Grant =
  { readonly type: 'password' } | { readonly type: 'refresh_token'; readonly refreshToken: Secret };

/**
 * Asks the token endpoint once. A failure that says nothing about the credentials is thrown as a `GatewayError`
 * (`UPSTREAM_TIMEOUT`, `UPSTREAM_UNAVAILABLE`, `UPSTREAM_RATE_LIMITED`, `UPSTREAM_BAD_RESPONSE`).
 */
export type RequestToken = (grant: Grant) => Promise<TokenResponse | TokenError>;

export interface TokenRequestOptions {
  readonly send: Send;
  readonly clock: Clock;
  readonly tokenUrl: URL;
  readonly account: ServiceAccount;
  /** Space separated. */
  readonly scope: string;
}

export function createTokenRequest(options: TokenRequestOptions): RequestToken {
  const { send, clock, tokenUrl, account, scope } = options;

  async function ask(grant: Grant): Promise<TokenResponse | TokenError> {
    const sentAt = { wallMs: clock.now(), monotonicMs: clock.monotonicMs() };
    const response = await send({
      route: 'token',
      method: 'POST',
      url: tokenUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: formOf(grant, account, scope).toString(),
    });
    if (response.status < 200 || response.status > 299) return tokenErrorOf(response, account, clock.now());
    return read(response, { scope, sentAt, refreshes: grant.type === 'refresh_token' });
  }

  function read(response: HttpResponse, request: TokenRequestFacts): TokenResponse | TokenError {
    try {
      return readTokenResponse(response, request);
    } catch (error) {
      // Some servers refuse and fail with a 200. A body that says so has granted nothing and used up nothing.
      const refused = refusalIn(response, account);
      if (refused !== undefined) return refused;
      if (saysError(response)) return otherErrorOf(response, clock.now());
      throw error;
    }
  }

  return async (grant) => {
    try {
      return await ask(grant);
    } catch (error) {
      // The token's provider has its own pace: a request that waits for the token is not repeated for it.
      throw error instanceof GatewayError ? error.with({ mayRetryAtOnce: false }) : error;
    }
  };
}

function formOf(grant: Grant, account: ServiceAccount, scope: string): URLSearchParams {
  const form = new URLSearchParams({
    grant_type: grant.type,
    client_id: account.clientId,
    client_secret: account.clientSecret.reveal(),
  });
  if (grant.type === 'refresh_token') {
    form.set('refresh_token', grant.refreshToken.reveal());
  } else {
    form.set('username', account.username);
    if (account.password !== undefined) form.set('password', account.password.reveal());
    form.set('scope', scope);
  }
  return form;
}
