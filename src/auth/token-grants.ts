import { GatewayError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import type { Grant, RequestToken } from './request-token.ts';
import type { TokenError } from './token-error.ts';
import type { TokenResponse } from './token-response.ts';

/** A token, and the grant that gave it. */
export interface GrantedToken extends TokenResponse {
  readonly grant: Grant['type'];
}

/** Asks for the next token, by the best grant there is. Throws what `RequestToken` throws. */
export type RequestNextToken = () => Promise<GrantedToken | TokenError>;

/** So many unclear responses to a refresh in a row are taken for a refusal of the refresh token. */
const MAX_UNCLEAR = 3;

/**
 * Chooses the grant: the refresh token where there is one, and the password where there is none, or where it was
 * just refused. A refresh token outlives the failures that say nothing about it.
 */
export function createTokenGrants(requestToken: RequestToken): RequestNextToken {
  let refreshToken: Secret | undefined;
  let unclear = 0;

  async function request(grant: Grant): Promise<GrantedToken | TokenError> {
    const result = await requestToken(grant);
    if (result.kind !== 'granted') return result;
    // A refresh that gives no new refresh token leaves the old one valid (RFC 6749, section 6).
    refreshToken = result.refreshToken ?? (grant.type === 'refresh_token' ? grant.refreshToken : undefined);
    unclear = 0;
    return { ...result, grant: grant.type };
  }

  /** Whether nothing is left to expect of the refresh token after this result. */
  function isUsedUp(result: TokenError): boolean {
    if (result.kind === 'unclear') return (unclear += 1) >= MAX_UNCLEAR;
    // A refused client says nothing about its refresh token.
    return !result.clientRefused;
  }

  return async () => {
    if (refreshToken === undefined) return request({ type: 'password' });
    try {
      const result = await request({ type: 'refresh_token', refreshToken });
      if (result.kind === 'granted' || !isUsedUp(result)) return result;
    } catch (error) {
      // Refresh tokens may be good for one use, and a lost response may have used this one.
      if (!(error instanceof GatewayError && error.responseLost)) throw error;
    }
    refreshToken = undefined;
    return request({ type: 'password' });
  };
}
