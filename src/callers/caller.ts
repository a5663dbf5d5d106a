import type { Permission } from '../permissions.ts';

/** Who asks, and what they may do. */
export interface Caller {
  /** For the log and for limits: a key's name or a token's subject; `undefined` where nobody has to say it. */
  readonly name: string | undefined;
  readonly permissions: ReadonlySet<Permission>;
  /** Until when that is true, on the wall clock; for good where it is not said. */
  readonly untilMs?: number;
}

/** What a request brings to say who its caller is, from its headers. */
export interface CallerCredentials {
  /** Of `Authorization: Bearer …` (RFC 6750). */
  readonly bearer: string | undefined;
  /** Of `x-api-key`. */
  readonly apiKey: string | undefined;
}

/** Tells who the caller is. Throws `UNAUTHENTICATED` where that cannot be told. */
export type Authenticate = (credentials: CallerCredentials) => Promise<Caller>;
