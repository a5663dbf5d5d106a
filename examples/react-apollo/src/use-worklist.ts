import type { ErrorLike } from '@apollo/client';
import { useApolloClient, useQuery } from '@apollo/client/react';
import { useEffect, useRef, useState } from 'react';
import { WORKLIST } from './documents.ts';
import { isFinal } from './error-advice.ts';
import { fetchNextPage } from './fetch-next-page.ts';
import type { WorklistQuery } from './gql/graphql.ts';
import { useLiveWorklist } from './use-live-worklist.ts';

const PAGE_SIZE = 20;
/** The largest page of a gateway whose operator has not set another; what is loaded beyond it is not live. */
const MAX_LIVE_RECORDS = 100;
/** How often the page asks where it cannot be live. */
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
  readonly isLive: boolean;
  readonly isBusy: boolean;
  readonly failure: Failure | undefined;
  showMore(): void;
  /** Gets the newest page, past what is cached anywhere. */
  refresh(): void;
}

/** The worklist of who is signed in: its first page at once, more on demand, live. */
export function useWorklist(): WorklistState {
  const client = useApolloClient();
  const [isBusy, setIsBusy] = useState(false);
  const [failed, setFailed] = useState<Failure>();
  const [liveCount, setLiveCount] = useState(PAGE_SIZE);
  // Where pages come, what failed before is over.
  const live = useLiveWorklist(liveCount, () => setFailed(undefined));
  const needsNoPoll = useRef(false);
  const { data, previousData, loading, error, fetchMore } = useQuery(WORKLIST, {
    variables: { limit: PAGE_SIZE },
    errorPolicy: 'all',
    // It stays the same: options that change while an answer is on its way can keep Apollo Client loading for ever.
    pollInterval: POLL_MS,
    skipPollAttempt: () => needsNoPoll.current || document.hidden,
  });

  useEffect(() => {
    needsNoPoll.current = live.isLive || failed !== undefined || isFinal(error);
  });

  async function run(action: () => Promise<unknown>): Promise<void> {
    setIsBusy(true);
    try {
      await action();
      setFailed(undefined);
    } catch (thrown) {
      const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
      setFailed({ error: cause, retry: () => void run(action) });
    } finally {
      setIsBusy(false);
    }
  }

  async function loadNextPage(): Promise<void> {
    // Not `data`, which may lag behind the cache where two pages are asked for in a row.
    const loaded = client.readQuery({ query: WORKLIST })?.worklist;
    if (!loaded) return;
    await fetchNextPage(loaded, (variables) => fetchMore({ variables }));
    // No more than is loaded by now, or the live page would make the list longer.
    const pageCount = Math.floor(loaded.records.length / PAGE_SIZE) + 1;
    setLiveCount(Math.min(pageCount * PAGE_SIZE, MAX_LIVE_RECORDS));
  }

  function loadNewest(): Promise<unknown> {
    return client.query({
      query: WORKLIST,
      variables: { limit: PAGE_SIZE },
      fetchPolicy: 'network-only',
      context: { headers: { 'cache-control': 'no-cache' } },
    });
  }

  const refresh = () => void run(loadNewest);
  const otherError = error ?? live.error;
  return {
    // A poll that fails as a whole has no data.
    list: (data ?? previousData)?.worklist ?? undefined,
    isLive: live.isLive,
    isBusy: isBusy || loading,
    failure: failed ?? (otherError && { error: otherError, retry: refresh }),
    showMore: () => void run(loadNextPage),
    refresh,
  };
}
