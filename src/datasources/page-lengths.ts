import type { Clock } from '../clock.ts';
import type { Report } from '../events.ts';
import { isShort, type CollectedPage } from './join-pages.ts';

/** What is believed of the pages that the upstream gives, beyond what it is asked for. */
export interface PageLengths {
  /** The most records that it gives at once. */
  maxLimit(): number;
  /** Whether it counts records that it leaves out, so that a page may be short anywhere. */
  leavesOut(): boolean;
  /** Learns from the pages of one reading in which nothing moved, oldest first. */
  learn(pages: readonly CollectedPage[]): void;
  /** Learns that a page was short though nothing of the list is missing there. */
  learnGaps(): void;
}

export interface PageLengthsOptions {
  readonly clock: Clock;
  readonly report: Report;
  /** The most that is ever asked for. */
  readonly maxPageSize: number;
}

/** So many pages of one length, each followed by more, show a cap; a single one may be short by chance. */
const SIGHTINGS = 2;

/** Then what was learned is looked at anew. */
const BELIEVED_MS = 60_000;

export function createPageLengths({ clock, report, maxPageSize }: PageLengthsOptions): PageLengths {
  let cap = { length: maxPageSize, sightings: 0, seenAtMs: -Infinity };
  let gapsSeenAtMs = -Infinity;
  let reported: number | undefined;

  const isRecent = (atMs: number) => clock.monotonicMs() - atMs < BELIEVED_MS;

  function sight(length: number): void {
    const sightings = length === cap.length ? cap.sightings + 1 : 1;
    cap = { length, sightings, seenAtMs: clock.monotonicMs() };
    if (sightings < SIGHTINGS || length === reported) return;
    reported = length;
    report({ type: 'upstream.page_capped', pageLength: length });
  }

  return {
    maxLimit: () => (cap.sightings >= SIGHTINGS && isRecent(cap.seenAtMs) ? cap.length : maxPageSize),
    leavesOut: () => isRecent(gapsSeenAtMs),
    learn(pages) {
      for (const [index, page] of pages.entries()) {
        const isFollowed = (pages[index + 1]?.records.length ?? 0) > 0;
        if (isFollowed && isShort(page)) sight(page.records.length);
        else if (page.records.length > cap.length) cap = { ...cap, sightings: 0 };
      }
    },
    learnGaps() {
      gapsSeenAtMs = clock.monotonicMs();
    },
  };
}
