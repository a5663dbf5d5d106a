import type { PageWindow } from './page-window.ts';
import type { WorklistRecord } from './worklist-record.ts';

/** One page as a client asked for it. */
export interface WorklistPage extends PageWindow {
  /** Fewer than `limit` at the end of the list, or where the upstream leaves some out of its page. */
  readonly records: readonly WorklistRecord[];
  readonly total: number | null;
  /** By the total; without one, true until a page is known to be the last. */
  readonly hasNextPage: boolean;
  /** As RFC 3339 writes it in UTC, with milliseconds. */
  readonly fetchedAt: string;
  /** Whether it is older than the cache's `ttlMs`, or contradicted by a newer reading of the list. */
  readonly stale: boolean;
  /**
   * How much longer, from when it is called, the gateway would give this very page: 0 once it is no longer fresh, was
   * fetched again, refused or forgotten, or may not be kept at all. Holds nothing of the page in memory.
   */
  readonly freshForMs: () => number;
}
