import { sleep, type Clock } from '../clock.ts';
import type { PageReader } from './page-reader.ts';
import type { PageWindow } from './page-window.ts';
import type { WorklistPage } from './worklist-page.ts';

/** How a reading of a page ended: the page, or why there is none. */
export type PageOutcome = { readonly page: WorklistPage } | { readonly error: unknown };

/** Pages that are watched: each read by one poll for all who watch it, for as long as somebody does. */
export interface LivePages {
  /**
   * How the page `window` is now, and again each time that changes. Whoever takes long to ask for the next one misses
   * those in between, not the last. A page that cannot be had is an outcome, too: the watch goes on.
   */
  watch(window: PageWindow): AsyncIterableIterator<PageOutcome, void, void>;
}

export interface LivePagesOptions {
  readonly pages: PageReader;
  readonly clock: Clock;
  /** The pause between two readings while records are in motion. */
  readonly pollMs: number;
}

/** While nothing changes, or GoSpeech fails, pauses grow by this factor … */
const GROWTH = 1.5;
/** … up to so many times the shortest. */
const MAX_GROWTH = 8;
/** A record on its way that has not moved for so long may have failed there, and stand still for good. */
const MAX_STANDSTILL_MS = 60_000;

/** A window that is polled, and who watches it. */
interface Poll {
  readonly watchers: Set<Watcher>;
  readonly controller: AbortController;
  last: PageOutcome | undefined;
}

interface Watcher {
  notify(outcome: PageOutcome): void;
}

export function createLivePages({ pages, clock, pollMs }: LivePagesOptions): LivePages {
  const polls = new Map<string, Poll>();

  async function read(window: PageWindow, signal: AbortSignal): Promise<PageOutcome> {
    // What somebody else has just asked for is new enough.
    const wanted = { ...window, demands: { maxAgeMs: pollMs / 2 } };
    try {
      const [page] = await Promise.all(pages.read([wanted], () => pages.createWait(signal)));
      if (page === undefined) throw new TypeError('One window is one page.');
      return { page };
    } catch (error) {
      return { error };
    }
  }

  async function run(window: PageWindow, poll: Poll): Promise<void> {
    const { signal } = poll.controller;
    let pauseMs = pollMs;
    let known: string | undefined;
    let changedAtMs = clock.monotonicMs();
    for (;;) {
      const outcome = await read(window, signal);
      if (signal.aborted) return;
      const seen = contentOf(outcome);
      if (seen !== known) {
        changedAtMs = clock.monotonicMs();
        poll.last = outcome;
        for (const watcher of poll.watchers) watcher.notify(outcome);
      }
      const isMoving = isInMotion(outcome) && clock.monotonicMs() - changedAtMs < MAX_STANDSTILL_MS;
      const isQuiet = isFailing(outcome) || (seen === known && !isMoving);
      known = seen;
      pauseMs = isQuiet ? Math.min(pauseMs * GROWTH, pollMs * MAX_GROWTH) : pollMs;
      await sleep(clock, pauseMs, signal);
    }
  }

  function join(window: PageWindow): Poll {
    const key = `${window.offset}:${window.limit}`;
    const known = polls.get(key);
    if (known !== undefined) return known;
    const poll: Poll = { watchers: new Set(), controller: new AbortController(), last: undefined };
    polls.set(key, poll);
    poll.controller.signal.addEventListener('abort', () => polls.delete(key), { once: true });
    // It ends when nobody watches any more.
    run(window, poll).catch(() => {});
    return poll;
  }

  return {
    watch(window) {
      let poll: Poll | undefined;
      let waiting: ((result: IteratorResult<PageOutcome, void>) => void) | undefined;
      let pending: PageOutcome | undefined;
      let isOver = false;
      const watcher: Watcher = {
        notify(outcome) {
          if (waiting === undefined) pending = outcome;
          else waiting({ done: false, value: outcome });
          waiting = undefined;
        },
      };

      /** Nothing is read before somebody waits for it. */
      function begin(): void {
        if (poll !== undefined) return;
        poll = join(window);
        poll.watchers.add(watcher);
        pending = poll.last;
      }

      const iterator: AsyncIterableIterator<PageOutcome, void, void> = {
        next() {
          if (isOver) return Promise.resolve({ done: true, value: undefined });
          begin();
          if (pending === undefined) return new Promise((resolve) => (waiting = resolve));
          const value = pending;
          pending = undefined;
          return Promise.resolve({ done: false, value });
        },
        return() {
          isOver = true;
          waiting?.({ done: true, value: undefined });
          poll?.watchers.delete(watcher);
          if (poll?.watchers.size === 0) poll.controller.abort();
          return Promise.resolve({ done: true, value: undefined });
        },
        [Symbol.asyncIterator]: () => iterator,
      };
      return iterator;
    },
  };
}

/** What of an outcome counts as a change of it: not when it was read. */
function contentOf(outcome: PageOutcome): string {
  if ('error' in outcome) return String(outcome.error);
  const { records, total, hasNextPage, stale } = outcome.page;
  return JSON.stringify([total, hasNextPage, stale, records.map(({ fields }) => fields)]);
}

function isFailing(outcome: PageOutcome): boolean {
  return 'error' in outcome || outcome.page.stale;
}

/** Whether a record is on its way. */
function isInMotion(outcome: PageOutcome): boolean {
  if ('error' in outcome) return false;
  return outcome.page.records.some(({ progress }) => progress !== null && progress > 0 && progress < 100);
}
