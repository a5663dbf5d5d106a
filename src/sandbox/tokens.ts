import { randomUUID } from 'node:crypto';

/** What the token endpoint hands out. */
export interface IssuedTokens {
  readonly accessToken: string;
  /** Only for a grant with the scope `offline_access`. */
  readonly refreshToken: string | undefined;
  readonly scopes: readonly string[];
  readonly lifetimeS: number;
}

/** Every token the sandbox has issued. */
export interface Tokens {
  /** Starts a grant. */
  readonly issue: (scopes: readonly string[], lifetimeS: number) => IssuedTokens;
  /**
   * Continues a grant with new tokens in place of `refreshToken`. `undefined` when that is unknown, revoked or
   * already used; in the last case somebody may have stolen it, so the grant ends (RFC 9700, section 4.14.2).
   */
  readonly refresh: (refreshToken: string, lifetimeS: number) => IssuedTokens | undefined;
  readonly accepts: (accessToken: string) => boolean;
  readonly revokeAccessTokens: () => void;
  readonly revokeRefreshTokens: () => void;
}

/** The refresh tokens that followed one sign-in. Only the latest can be used. */
interface Grant {
  readonly scopes: readonly string[];
  latestRefreshToken: string | undefined;
}

/** Gives a store without tokens, whose tokens expire by `now`, the wall clock in milliseconds. */
export function createTokens(now: () => number): Tokens {
  const expiresAtMs = new Map<string, number>();
  const grants = new Map<string, Grant>();

  function issueFor(grant: Grant, lifetimeS: number): IssuedTokens {
    const accessToken = `sandbox-access-${randomUUID()}`;
    // One that has ended is not accepted, known or not.
    for (const [token, endsAtMs] of expiresAtMs) if (endsAtMs <= now()) expiresAtMs.delete(token);
    expiresAtMs.set(accessToken, now() + lifetimeS * 1_000);

    const refreshToken = grant.scopes.includes('offline_access')
      ? `sandbox-refresh-${randomUUID()}`
      : undefined;
    grant.latestRefreshToken = refreshToken;
    if (refreshToken !== undefined) grants.set(refreshToken, grant);

    return { accessToken, refreshToken, scopes: grant.scopes, lifetimeS };
  }

  return {
    issue: (scopes, lifetimeS) => issueFor({ scopes, latestRefreshToken: undefined }, lifetimeS),

    refresh(refreshToken, lifetimeS) {
      const grant = grants.get(refreshToken);
      if (grant === undefined) return undefined;
      if (grant.latestRefreshToken === refreshToken) return issueFor(grant, lifetimeS);
      grant.latestRefreshToken = undefined;
      return undefined;
    },

    accepts: (accessToken) => now() < (expiresAtMs.get(accessToken) ?? -Infinity),
    revokeAccessTokens: () => expiresAtMs.clear(),
    revokeRefreshTokens: () => grants.clear(),
  };
}
