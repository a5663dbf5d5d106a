import type { FetchWindow } from './fetch-window.ts';
import type { FetchedWindow } from './fetched-window.ts';
import { containsWindow, type PageWindow } from './page-window.ts';
import { createWindowIndex } from './window-index.ts';

/** Windows that are being fetched, each once for all who wait for it. */
export interface Loads {
  /** Whether a fetch that holds `window` is under way. */
  has(window: PageWindow): boolean;
  /**
   * Joins the fetch that holds `window`, or starts one, which may use what is `known` of that window. When
   * `signal` is aborted, only this caller leaves, with the signal's reason; the last to leave cancels the fetch.
   */
  fetch(
    window: PageWindow,
    how: { readonly signal: AbortSignal | undefined; readonly known?: FetchedWindow },
  ): Promise<FetchedWindow>;
}

export interface LoadsOptions {
  readonly fetchWindow: FetchWindow;
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

export function createLoads({ fetchWindow, onFetched, maxPageSize }: LoadsOptions): Loads {
  const loads = createWindowIndex<Load>(maxPageSize);

  const find = (window: PageWindow) => loads.near(window.offset).find((load) => containsWindow(load, window));

  function start(window: PageWindow, known: FetchedWindow | undefined): Load {
    const controller = new AbortController();
    const load: Load = {
      ...window,
      controller,
      waiting: 0,
      result: fetchWindow(window, controller.signal, known)
        .then((fetched) => {
          onFetched(fetched);
          return fetched;
        })
        .finally(() => loads.delete(load)),
    };
    loads.add(load);
    return load;
  }

  function join(load: Load, signal: AbortSignal | undefined): Promise<FetchedWindow> {
    load.waiting += 1;
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(signal?.reason);
        load.waiting -= 1;
        if (load.waiting > 0) return;
        loads.delete(load);
        load.controller.abort(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      load.result.then(resolve, reject).finally(() => signal?.removeEventListener('abort', leave));
    });
  }

  return {
    has: (window) => find(window) !== undefined,
    async fetch(window, { signal, known }) {
      signal?.throwIfAborted();
      return join(find(window) ?? start(window, known), signal);
    },
  };
}
