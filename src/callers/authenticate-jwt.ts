import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { PermissionMap } from '../permissions.ts';
import type { Authenticate } from './caller.ts';
import { permissionsOf } from './token-permissions.ts';

export interface JwtOptions {
  /** Finds the issuer's key for a token: see `createIssuerKeys`. */
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
  readonly audience: string;
  /** The claim that names what a caller may do. */
  readonly claim: string;
  /** What its words permit; `undefined` where they are the permissions themselves. */
  readonly permissions: PermissionMap | undefined;
  readonly clock: Clock;
}

/** Asymmetric only: a key that the gateway can read must not be one that it could sign with (RFC 8725, 3.1). */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const CLOCK_TOLERANCE_S = 30;

/**
 * Lets in who has a JWT of this issuer for this audience, with the permissions that its claim names (RFC 9068). Throws
 * `UNAUTHENTICATED`, or `ISSUER_UNAVAILABLE` where the issuer's keys cannot be had.
 */
export function authenticateJwt(options: JwtOptions): Authenticate {
  const { keys, issuer, audience, claim, permissions: map, clock } = options;
  return async ({ bearer }) => {
    if (bearer === undefined) {
      throw new GatewayError('UNAUTHENTICATED', 'A token is required, as `Authorization: Bearer`.');
    }
    const { payload } = await jwtVerify(bearer, keys, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(clock.now()),
      requiredClaims: ['exp', 'sub'],
    }).catch((error: unknown) => {
      throw error instanceof GatewayError ? error : refusalOf(error);
    });
    const { sub }: { readonly sub?: unknown } = payload;
    if (typeof sub !== 'string' || sub === '') throw refused('Refused, since its claim sub names nobody.');
    return { name: sub, permissions: permissionsOf(payload, { claim, map }) };
  };
}

/**
 * What is wrong with the token stays out of the response, which a stranger reads; jose's own error holds the
 * token's claims, so that only its code and the name of the claim are kept for the log.
 */
function refusalOf(error: unknown): GatewayError {
  return refused(
    error instanceof errors.JOSEError
      ? `Refused with ${[error.code, ...claimOf(error)].join(', ')}.`
      : "Refused, since the issuer's key that it names is of no use.",
  );
}

function refused(hint: string): GatewayError {
  return new GatewayError('UNAUTHENTICATED', 'The token is not valid here.', { hint });
}

/** The claim that did not fit, and how: in jose's words, never the token's. */
function claimOf(error: Error): string[] {
  return error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired
    ? [`claim ${error.claim}`, error.reason]
    : [];
}
