import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { GatewayError } from '../errors.ts';
import { isPermission } from '../permissions.ts';
import type { Authenticate } from './caller.ts';

export interface JwtOptions {
  /** Where the issuer publishes its keys. They are kept for ten minutes, and fetched again for a new `kid`. */
  readonly jwksUrl: URL;
  readonly issuer: string;
  readonly audience: string;
}

/** Asymmetric only: a key that the gateway can read must not be one that it could sign with (RFC 8725, 3.1). */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const CLOCK_TOLERANCE_S = 30;
const JWKS_TIMEOUT_MS = 5_000;
const JWKS_COOLDOWN_MS = 30_000;
const JWKS_MAX_AGE_MS = 600_000;

/**
 * Lets in who has a JWT of this issuer for this audience; its `scope` names the permissions (RFC 9068). Throws
 * `UNAUTHENTICATED`, or `UPSTREAM_UNAVAILABLE` where the issuer's keys cannot be had.
 */
export function authenticateJwt({ jwksUrl, issuer, audience }: JwtOptions): Authenticate {
  const keys = createRemoteJWKSet(jwksUrl, {
    timeoutDuration: JWKS_TIMEOUT_MS,
    cooldownDuration: JWKS_COOLDOWN_MS,
    cacheMaxAge: JWKS_MAX_AGE_MS,
  });
  return async ({ bearer }) => {
    if (bearer === undefined) {
      throw new GatewayError('UNAUTHENTICATED', 'A token is required, as `Authorization: Bearer`.');
    }
    const { payload } = await jwtVerify(bearer, keys, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims: ['exp', 'sub'],
    }).catch((error: unknown) => {
      throw asGatewayError(error);
    });
    const scopes = typeof payload['scope'] === 'string' ? payload['scope'].split(' ') : [];
    return { name: payload.sub ?? '', permissions: new Set(scopes.filter(isPermission)) };
  };
}

/**
 * What is wrong with the token stays out of the answer, which a stranger reads; jose's own error holds the
 * token's claims, so that only its code and the name of the claim are kept for the log.
 */
function asGatewayError(error: unknown): GatewayError {
  const isTokensFault =
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== 'ERR_JOSE_GENERIC';
  return isTokensFault
    ? new GatewayError('UNAUTHENTICATED', 'The token is not valid here.', {
        hint: `Refused with ${[error.code, ...claimOf(error)].join(', ')}.`,
      })
    : new GatewayError('UPSTREAM_UNAVAILABLE', "The issuer's keys could not be fetched.", { cause: error });
}

/** The claim that did not fit, and how: in jose's words, never the token's. */
function claimOf(error: Error): string[] {
  return error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired
    ? [`claim ${error.claim}`, error.reason]
    : [];
}
