import type { ErrorLike } from '@apollo/client';
import { useApolloClient, useQuery } from '@apollo/client/react';
import { useEffect, useEffectEvent, useState } from 'react';
import { WORKLIST } from './documents.ts';
import { hasCode, isFinal } from './error-advice.ts';
import { fetchNextPage, type PageStart } from './fetch-next-page.ts';
import type { WorklistQuery } from './gql/graphql.ts';
import { useLiveWorklist } from './use-live-worklist.ts';

const PAGE_SIZE = 20;
/** The largest page of a gateway whose operator has not set another (`GOSPEECH_MAX_PAGE_SIZE`). */
const MAX_PAGE_SIZE = 100;
/** How often what is not live is read again. */
const POLL_MS = 15_000;

export type LoadedWorklist = NonNullable<WorklistQuery['worklist']>;

/** Something that went wrong, and how to try it again. */
export interface Failure {
  readonly error: ErrorLike;
  retry(): void;
}

export interface WorklistState {
  /** What is loaded of the list; undefined before its first page. */
  readonly list: LoadedWorklist | undefined;
  /** How many records, from the first on, follow what happens; the others are read again now and then. */
  readonly liveCount: number;
  readonly isBusy: boolean;
  readonly failure: Failure | undefined;
  showMore(): void;
  /** Gets all that is loaded anew, past what is cached anywhere. */
  refresh(): void;
}

/** The worklist of who is signed in: its first page at once, more on demand, live. */
export function useWorklist(): WorklistState {
  const client = useApolloClient();
  const [runningCount, setRunningCount] = useState(0);
  const [failed, setFailed] = useState<Failure>();
  const { data, previousData, loading, error, fetchMore } = useQuery(WORKLIST, {
    variables: { limit: PAGE_SIZE },
    errorPolicy: 'all',
  });
  // Where all fails there is no data, and what was there is shown.
  const list = (data ?? previousData)?.worklist ?? undefined;
  const loadedCount = list?.records.length ?? 0;
  // In steps, so that people who have loaded about as much watch the same page.
  const liveLimit = Math.min(Math.max(1, Math.ceil(loadedCount / PAGE_SIZE)) * PAGE_SIZE, MAX_PAGE_SIZE);
  // Where pages come, what failed before is over.
  const live = useLiveWorklist(liveLimit, () => setFailed(undefined));

  async function run(action: () => Promise<unknown>): Promise<void> {
    setRunningCount((count) => count + 1);
    try {
      await action();
      setFailed(undefined);
    } catch (thrown) {
      const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
      setFailed({ error: cause, retry: () => void run(action) });
    } finally {
      setRunningCount((count) => count - 1);
    }
  }

  async function loadNextPage(): Promise<void> {
    // Not `data`, which may lag behind the cache where two pages are asked for in a row.
    const loaded = client.readQuery({ query: WORKLIST })?.worklist;
    if (!loaded) return;
    await fetchNextPage(loaded, (variables) => fetchMore({ variables }));
  }

  /** Reads as many records as are loaded, page behind page, each with this `Cache-Control`. */
  async function readAgain(cacheControl: string): Promise<void> {
    let start: PageStart = { after: null, offset: 0 };
    let left = client.readQuery({ query: WORKLIST })?.worklist?.records.length ?? PAGE_SIZE;
    while (left > 0) {
      const variables = { ...start, limit: Math.min(left, MAX_PAGE_SIZE) };
      // Past the cache, which would give the whole list in place of the page.
      const result = await client.query({
        query: WORKLIST,
        variables,
        fetchPolicy: 'no-cache',
        context: { headers: { 'cache-control': cacheControl } },
      });
      const page = result.data?.worklist;
      const last = page?.records.at(-1);
      if (!page) return;
      client.writeQuery({ query: WORKLIST, variables, data: { worklist: page } });
      if (last === undefined || !page.hasNextPage) return;
      start = { after: last.id, offset: page.offset + page.records.length };
      left -= page.records.length;
    }
  }

  const otherError = error ?? live.error;
  const isLive = live.isLive && (failed === undefined || hasCode(failed.error));
  const needsPoll =
    list !== undefined &&
    (!isLive || loadedCount > liveLimit) &&
    failed === undefined &&
    !isFinal(otherError);
  const poll = useEffectEvent(() => {
    if (!document.hidden) void run(() => readAgain('max-age=5'));
  });
  useEffect(() => {
    if (!needsPoll) return undefined;
    const timer = setInterval(() => poll(), POLL_MS);
    return () => clearInterval(timer);
  }, [needsPoll]);

  const refresh = () => void run(() => readAgain('no-cache'));
  return {
    list,
    liveCount: isLive ? Math.min(loadedCount, liveLimit) : 0,
    isBusy: runningCount > 0 || loading,
    failure: failed ?? (otherError && { error: otherError, retry: refresh }),
    showMore: () => void run(loadNextPage),
    refresh,
  };
}
