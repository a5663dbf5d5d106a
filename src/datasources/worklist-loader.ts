import DataLoader from 'dataloader';
import type { FreshnessDemands } from '../freshness-demands.ts';
import type { PageReader } from './page-reader.ts';
import type { PageWindow, WantedWindow } from './page-window.ts';
import { readBehind, type Cursor } from './read-behind.ts';
import type { Wait } from './wait.ts';
import type { WorklistPage } from './worklist-page.ts';

/** Lives for one operation: pages asked for in the same tick share the fewest upstream calls. */
export interface WorklistLoader {
  /** One page. Throws what `PageReader.read` throws. */
  load(window: PageWindow): Promise<WorklistPage>;
  /** The page behind a record. Throws `CURSOR_LOST` where that is not to be found, and what `load` throws. */
  loadBehind(cursor: Cursor): Promise<WorklistPage>;
}

export interface WorklistLoaderOptions {
  /** Aborted when the client of this operation has gone. */
  readonly signalOf?: () => AbortSignal;
  /** Of all pages of this operation. */
  readonly demands?: FreshnessDemands | undefined;
}

export function createWorklistLoader(
  pages: PageReader,
  { signalOf, demands }: WorklistLoaderOptions = {},
): WorklistLoader {
  let wait: Wait | undefined;
  const waitOf = () => (wait ??= pages.createWait(signalOf?.()));
  const loader = new DataLoader<WantedWindow, WorklistPage, string>(
    (windows) => Promise.all(pages.read(windows, waitOf).map((page) => page.catch(asError))),
    {
      cacheKeyFn: ({ offset, limit, needsOwnEnd = false, demands: { maxAgeMs } = {} }) =>
        `${offset}:${limit}:${needsOwnEnd}:${maxAgeMs}`,
    },
  );

  return {
    load: ({ offset, limit }) => loader.load({ offset, limit, demands }),
    async loadBehind(cursor) {
      const reading = readBehind(cursor, pages);
      let step = reading.next();
      while (step.done !== true) {
        const { value } = step;
        step = reading.next(await loader.load({ ...value, demands: { ...demands, ...value.demands } }));
      }
      return step.value;
    },
  };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error('Something other than an Error was thrown', { cause: thrown });
}
