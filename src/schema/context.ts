import type { ServiceToken } from '../auth/service-token.ts';
import type { Clock } from '../clock.ts';
import type { WorklistLoader } from '../datasources/worklist-loader.ts';

/** Everything a resolver may reach. It is made anew for each operation. */
export interface GatewayContext {
  readonly worklist: WorklistLoader;
  /** The token in use. Throws what `TokenProvider.get` throws. */
  readonly serviceToken: () => Promise<ServiceToken>;
  readonly mayRevealToken: boolean;
  /** The largest `limit` a client may ask for. */
  readonly maxPageSize: number;
  readonly clock: Clock;
}
