import type { Secret } from '../secret.ts';

/** The access token that the gateway signs its requests with, and what is known of it. */
export interface ServiceToken {
  readonly accessToken: Secret;
  /** Always `Bearer` (RFC 6750): no other type is accepted. */
  readonly tokenType: string;
  readonly scopes: readonly string[];
  /** Instants on the wall clock, for people. */
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** The same end on the monotonic clock, for decisions. */
  readonly expiresAtMonotonicMs: number;
  readonly lifetimeMs: number;
  /** Whether a refresh token came with it, or an earlier one still counts. */
  readonly refreshable: boolean;
}
