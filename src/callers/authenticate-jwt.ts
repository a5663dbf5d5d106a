import { hash } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { MEMORY_LIMITS } from '../limits.ts';
import type { PermissionMap } from '../permissions.ts';
import type { Authenticate, Caller } from './caller.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import { permissionsOf } from './token-permissions.ts';

export interface JwtOptions {
  readonly keys: IssuerKeys;
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

/** What an entry takes besides the name, with the digest and the permissions. */
const BYTES_PER_TOKEN = 512;
const BYTES_PER_CHARACTER = 2;

/** A token that was found to be right. */
interface Verified {
  readonly caller: Caller & { readonly untilMs: number };
  /** On the wall clock, tolerance included: from when on it is right. */
  readonly fromMs: number;
  /** By which keys. */
  readonly keySet: object | undefined;
}

/**
 * Lets in who has a JWT of this issuer for this audience, with the permissions that its claim names (RFC 9068). One that
 * was right is remembered by its digest, until it ends or the issuer's keys have been fetched again. Throws
 * `UNAUTHENTICATED`, or `ISSUER_UNAVAILABLE` where the issuer's keys cannot be had.
 */
export function authenticateJwt(options: JwtOptions): Authenticate {
  const { keys, issuer, audience, claim, permissions: map, clock } = options;
  const verified = new LRUCache<string, Verified>({
    max: MEMORY_LIMITS.maxCallers,
    maxSize: MEMORY_LIMITS.maxCallerBytes,
    sizeCalculation: ({ caller }) => BYTES_PER_TOKEN + (caller.name ?? '').length * BYTES_PER_CHARACTER,
  });

  async function verify(token: string): Promise<Verified> {
    // Before: where it changes meanwhile, nobody knows which one was asked.
    const keySet = keys.current();
    const { payload } = await jwtVerify(token, keys.find, {
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
    const { fromMs, untilMs } = validityOf(payload);
    const caller = { name: sub, permissions: permissionsOf(payload, { claim, map }), untilMs };
    return { caller, fromMs, keySet };
  }

  function isStillRight({ caller, fromMs, keySet }: Verified): boolean {
    const nowMs = clock.now();
    return fromMs <= nowMs && nowMs < caller.untilMs && keySet !== undefined && keySet === keys.current();
  }

  return async ({ bearer }) => {
    if (bearer === undefined) {
      throw new GatewayError('UNAUTHENTICATED', 'A token is required, as `Authorization: Bearer`.');
    }
    const digest = hash('sha256', bearer, 'base64url');
    const known = verified.get(digest);
    if (known !== undefined && isStillRight(known)) return known.caller;
    verified.delete(digest);
    const fresh = await verify(bearer);
    verified.set(digest, fresh);
    return fresh.caller;
  };
}

/** From `nbf` to `exp`, as jose counts it: in whole seconds, with the tolerance. */
function validityOf({ nbf = -Infinity, exp = -Infinity }: JWTPayload) {
  return { fromMs: (nbf - CLOCK_TOLERANCE_S) * 1_000, untilMs: (exp + CLOCK_TOLERANCE_S) * 1_000 };
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
