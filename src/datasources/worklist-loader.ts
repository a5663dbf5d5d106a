import DataLoader from 'dataloader';
import type { PageReader } from './page-reader.ts';
import type { PageWindow } from './page-window.ts';
import type { WorklistPage } from './worklist-page.ts';

/** Lives for one operation: pages asked for in the same tick share the fewest upstream calls. */
export interface WorklistLoader {
  /** One page. Throws what `PageReader.read` throws. */
  load(window: PageWindow): Promise<WorklistPage>;
}

/** The signal is aborted when the client of this operation has gone. */
export function createWorklistLoader(pages: PageReader, signalOf?: () => AbortSignal): WorklistLoader {
  const loader = new DataLoader<PageWindow, WorklistPage, string>(
    (windows) => Promise.all(pages.read(windows, signalOf).map((page) => page.catch(asError))),
    { cacheKeyFn: ({ offset, limit }) => `${offset}:${limit}` },
  );
  return { load: (window) => loader.load(window) };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error('Something other than an Error was thrown', { cause: thrown });
}
