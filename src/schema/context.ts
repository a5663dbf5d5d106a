import type { ServiceToken } from '../auth/service-token.ts';
import type { Clock } from '../clock.ts';
import type { WorklistLoader } from '../datasources/worklist-loader.ts';
import type { Permission } from '../permissions.ts';

/** Everything a resolver may reach. It is made anew for each operation. */
export interface GatewayContext {
  readonly worklist: WorklistLoader;
  /** The token in use. Throws what `TokenProvider.get` throws. */
  readonly serviceToken: () => Promise<ServiceToken>;
  readonly permissions: ReadonlySet<Permission>;
  /** Gives the token itself, and leaves a trace of who got it. */
  readonly reveal: (token: ServiceToken) => string;
  /** The largest `limit` a client may ask for. */
  readonly maxPageSize: number;
  readonly clock: Clock;
  /** How long the answer to this operation stays right; each field that is asked may shorten it. */
  readonly answer: { freshForMs: number };
}
