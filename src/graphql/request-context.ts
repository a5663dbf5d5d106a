import type { Caller } from '../callers/caller.ts';

/** What comes with a request that was let in. */
export interface RequestContext {
  readonly caller: Caller;
}
