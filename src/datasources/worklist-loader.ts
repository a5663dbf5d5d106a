import DataLoader from 'dataloader';
import type { WorklistPage } from './fetched-window.ts';
import type { PageCache } from './page-cache.ts';
import { mergeWindows, type PageWindow } from './page-window.ts';

/** Lives for one operation: pages asked for in the same tick share the fewest upstream calls. */
export interface WorklistLoader {
  /** One page. Throws what `PageCache.read` throws. */
  load(window: PageWindow): Promise<WorklistPage>;
}

/** `signal` is aborted when the client of this operation has gone. */
export function createWorklistLoader(pages: PageCache, signal?: AbortSignal): WorklistLoader {
  const loader = new DataLoader<PageWindow, WorklistPage, string>(
    (windows) => {
      // The single pages read below join these; a failure reaches the client through them.
      for (const window of mergeWindows(windows.filter((single) => !pages.has(single)))) {
        pages.read(window, signal).catch(() => {});
      }
      return Promise.all(windows.map((window) => pages.read(window, signal).catch(asError)));
    },
    { cacheKeyFn: ({ offset, limit }) => `${offset}:${limit}` },
  );
  return { load: (window) => loader.load(window) };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error('Something other than an Error was thrown', { cause: thrown });
}
