import type { Caller } from '../callers/caller.ts';
import type { FreshnessDemands } from '../freshness-demands.ts';
import type { ResponseLifetime } from '../schema/response-lifetime.ts';

/** What comes with a request that was let in. */
export interface RequestContext {
  readonly caller: Caller;
  /** Whether it is answered by a stream of results. */
  readonly isStream: boolean;
  /** How old a page it accepts. */
  readonly demands: FreshnessDemands | undefined;
  /** Of the response to it. */
  readonly lifetime: ResponseLifetime;
  /** Aborted when the client has gone. Made for the first who asks: most responses need none. */
  readonly signalOf: () => AbortSignal;
}
