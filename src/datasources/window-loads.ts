import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { FetchedWindow } from './fetched-window.ts';
import { containsWindow, isSameWindow, type PageWindow } from './page-window.ts';
import type { FetchBounds, WindowFetcher } from './window-fetcher.ts';
import { createWindowIndex } from './window-index.ts';

/** How one caller waits for a window. */
export interface Wait extends FetchBounds {
  /** Aborted when the caller leaves. */
  readonly signal: AbortSignal | undefined;
}

/** Windows that are being fetched, each once for all who wait for it. */
export interface WindowLoads {
  /** Whether a fetch that holds `window` is under way. */
  has(window: PageWindow): boolean;
  /**
   * Joins the fetch that holds `window`, or starts one within the bounds of `wait`. When the caller's `signal` is
   * aborted, only that caller leaves, with the signal's reason; with `UPSTREAM_TIMEOUT` at its deadline. The last to
   * leave cancels the fetch. `isAlone`: joins no fetch but of that very window.
   */
  fetch(window: PageWindow, wait: Wait, isAlone?: boolean): Promise<FetchedWindow>;
}

export interface WindowLoadsOptions {
  readonly fetchWindow: WindowFetcher['fetch'];
  readonly clock: Clock;
  /** Given each window before those who wait for it are. */
  readonly onFetched: (fetched: FetchedWindow) => void;
  /** The usual length of a window, for the index. */
  readonly maxPageSize: number;
}

interface Load extends PageWindow {
  readonly result: Promise<FetchedWindow>;
  readonly controller: AbortController;
  waiting: number;
}

export function createWindowLoads(options: WindowLoadsOptions): WindowLoads {
  const { fetchWindow, clock, onFetched, maxPageSize } = options;
  const loads = createWindowIndex<Load>(maxPageSize);

  const find = (window: PageWindow, isAlone = false) =>
    loads
      .near(window.offset)
      .find((load) => (isAlone ? isSameWindow(load, window) : containsWindow(load, window)));

  function start(window: PageWindow, bounds: FetchBounds): Load {
    const controller = new AbortController();
    const { offset, limit } = window;
    const load: Load = {
      offset,
      limit,
      controller,
      waiting: 0,
      result: fetchWindow({ offset, limit }, controller.signal, bounds)
        .then((fetched) => {
          onFetched(fetched);
          return fetched;
        })
        .finally(() => loads.delete(load)),
    };
    loads.add(load);
    return load;
  }

  function join(load: Load, { signal, deadlineAtMs }: Wait): Promise<FetchedWindow> {
    load.waiting += 1;
    return new Promise((resolve, reject) => {
      const leave = (reason: unknown) => {
        settle();
        reject(reason);
        load.waiting -= 1;
        if (load.waiting > 0) return;
        loads.delete(load);
        load.controller.abort(reason);
      };
      const onAbort = () => leave(signal?.reason);
      const callOff = clock.after(deadlineAtMs - clock.monotonicMs(), () => leave(tooLate()));
      const settle = () => {
        callOff();
        signal?.removeEventListener('abort', onAbort);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      load.result.then(resolve, reject).finally(settle);
    });
  }

  return {
    has: (window) => find(window) !== undefined,
    async fetch(window, wait, isAlone) {
      wait.signal?.throwIfAborted();
      const joined = find(window, isAlone);
      if (joined === undefined) return join(start(window, wait), wait);
      try {
        return await join(joined, wait);
      } catch (error) {
        // It ended by the bounds of who started it; this caller's may reach further.
        if (!isBound(error) || clock.monotonicMs() >= wait.deadlineAtMs) throw error;
        return join(find(window, isAlone) ?? start(window, wait), wait);
      }
    },
  };
}

function isBound(error: unknown): boolean {
  return error instanceof GatewayError && ['UPSTREAM_TIMEOUT', 'QUERY_TOO_COMPLEX'].includes(error.code);
}

function tooLate(): GatewayError {
  return new GatewayError('UPSTREAM_TIMEOUT', 'GoSpeech did not give the page in time.');
}
