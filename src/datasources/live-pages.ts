import type { Clock } from '../clock.ts';
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
  /** Reads what was read longer ago than the shortest pause, for somebody who has just come. */
  lookAgain(): void;
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
  last: Reading | undefined;
  /** Ends the pause before the next reading. */
  wake(): void;
}

/** How a window was read, and what of that counts as a change of it. */
interface Reading {
  readonly outcome: PageOutcome;
  readonly content: string;
  /** On the monotonic clock. */
  readonly readAtMs: number;
}

interface Watcher {
  /** What it was told last. */
  told: string | undefined;
  notify(outcome: PageOutcome): void;
  /** Nothing comes any more. */
  end(): void;
}

export function createLivePages({ pages, clock, pollMs }: LivePagesOptions): LivePages {
  const polls = new Map<string, Poll>();

  async function read(window: PageWindow, signal: AbortSignal): Promise<Reading> {
    // What somebody else has just asked for is new enough.
    const wanted = { ...window, demands: { maxAgeMs: pollMs / 2 } };
    try {
      const [page] = await Promise.all(pages.read([wanted], () => pages.createWait(signal)));
      if (page === undefined) throw new TypeError('One window is one page.');
      return { outcome: { page }, content: contentOf(page), readAtMs: clock.monotonicMs() };
    } catch (error) {
      return { outcome: { error }, content: String(error), readAtMs: clock.monotonicMs() };
    }
  }

  async function run(window: PageWindow, poll: Poll): Promise<void> {
    const { signal } = poll.controller;
    let pauseMs = pollMs;
    let changedAtMs = clock.monotonicMs();
    for (;;) {
      const known = poll.last?.content;
      const reading = await read(window, signal);
      if (signal.aborted) return;
      const { outcome, content, readAtMs } = reading;
      if (content !== known) changedAtMs = readAtMs;
      poll.last = reading;
      for (const watcher of poll.watchers) tell(watcher, reading);
      const isMoving = isInMotion(outcome) && readAtMs - changedAtMs < MAX_STANDSTILL_MS;
      const isQuiet = isFailing(outcome) || (content === known && !isMoving);
      pauseMs = isQuiet ? Math.min(pauseMs * GROWTH, pollMs * MAX_GROWTH) : pollMs;
      await pause(poll, pauseMs);
      if (signal.aborted) return;
    }
  }

  function tell(watcher: Watcher, { outcome, content }: Reading): void {
    if (watcher.told === content) return;
    watcher.told = content;
    watcher.notify(outcome);
  }

  function pause(poll: Poll, pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      const callOff = clock.after(pauseMs, resolve);
      poll.wake = () => {
        callOff();
        resolve();
      };
    });
  }

  function isRecent({ readAtMs }: Reading): boolean {
    return clock.monotonicMs() - readAtMs <= pollMs;
  }

  function join(window: PageWindow): Poll {
    const key = `${window.offset}:${window.limit}`;
    const known = polls.get(key);
    if (known !== undefined) return known;
    const poll: Poll = {
      watchers: new Set(),
      controller: new AbortController(),
      last: undefined,
      wake: () => {},
    };
    polls.set(key, poll);
    poll.controller.signal.addEventListener('abort', () => {
      polls.delete(key);
      poll.wake();
    });
    // It ends when nobody watches any more, or where something is broken.
    void run(window, poll)
      .catch(() => {})
      .finally(() => {
        poll.controller.abort();
        for (const watcher of poll.watchers) watcher.end();
      });
    return poll;
  }

  return {
    watch(window) {
      let poll: Poll | undefined;
      let waiting: ((result: IteratorResult<PageOutcome, void>) => void) | undefined;
      let pending: PageOutcome | undefined;
      let isOver = false;
      const watcher: Watcher = {
        told: undefined,
        notify(outcome) {
          if (waiting === undefined) pending = outcome;
          else waiting({ done: false, value: outcome });
          waiting = undefined;
        },
        end() {
          isOver = true;
          waiting?.({ done: true, value: undefined });
        },
      };

      /** Nothing is read before somebody waits for it. */
      function begin(): void {
        if (poll !== undefined) return;
        poll = join(window);
        poll.watchers.add(watcher);
        if (poll.last !== undefined && isRecent(poll.last)) tell(watcher, poll.last);
        else poll.wake();
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
          watcher.end();
          poll?.watchers.delete(watcher);
          if (poll?.watchers.size === 0) poll.controller.abort();
          return Promise.resolve({ done: true, value: undefined });
        },
        [Symbol.asyncIterator]: () => iterator,
      };
      return iterator;
    },

    lookAgain() {
      for (const poll of polls.values()) {
        if (poll.last !== undefined && !isRecent(poll.last)) poll.wake();
      }
    },
  };
}

/** What of a page counts as a change of it: not when it was read. */
function contentOf({ records, total, hasNextPage, stale }: WorklistPage): string {
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
