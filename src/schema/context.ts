import type { ServiceToken } from '../auth/service-token.ts';
import type { Clock } from '../clock.ts';
import type { LivePages } from '../datasources/live-pages.ts';
import type { WorklistLoader } from '../datasources/worklist-loader.ts';
import type { Permission } from '../permissions.ts';
import type { ResponseLifetime } from './response-lifetime.ts';

/** Everything a resolver may reach. It is made anew for each operation. */
export interface GatewayContext {
  readonly worklist: WorklistLoader;
  readonly livePages: Pick<LivePages, 'watch'>;
  /** The token in use. Throws what `TokenProvider.get` throws. */
  readonly serviceToken: () => Promise<ServiceToken>;
  readonly permissions: ReadonlySet<Permission>;
  /** Gives the token itself, and leaves a trace of who got it. */
  readonly reveal: (token: ServiceToken) => string;
  /** The largest `limit` a client may ask for. */
  readonly maxPageSize: number;
  readonly clock: Clock;
  readonly lifetime: ResponseLifetime;
}
