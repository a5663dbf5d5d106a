import type { ErrorLike } from '@apollo/client';
import { skipToken, useSubscription } from '@apollo/client/react';
import { useEffect, useRef, useState } from 'react';
import { LIVE_WORKLIST, WORKLIST } from './documents.ts';
import { isFinal, retryAfterMsOf } from './error-advice.ts';
import type { LoadedWorklist } from './use-worklist.ts';
import { useShown } from './use-shown.ts';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

export interface LiveWorklist {
  /** Whether what is shown follows what happens. */
  readonly isLive: boolean;
  /** Why the stream has no page, or is not opened again. */
  readonly error: ErrorLike | undefined;
}

/**
 * Keeps the first `limit` records of the cached list as they are now, and tells of each page. A stream that ends is
 * opened again, after a pause that grows, or at once when the browser is back online; not where the gateway says that
 * asking again is of no use.
 */
export function useLiveWorklist(limit: number, onPage: () => void): LiveWorklist {
  const [isOpen, setIsOpen] = useState(false);
  const [error, setError] = useState<ErrorLike>();
  const [restartInMs, setRestartInMs] = useState<number>();
  const lastError = useRef<ErrorLike>(undefined);
  const pauseMs = useRef(FIRST_PAUSE_MS);

  function note(next: ErrorLike | undefined): void {
    lastError.current = next;
    setError(next);
  }

  const isShown = useShown();
  // Behind another tab it would only take one of the few connections that a browser has to the gateway.
  const { restart } = useSubscription(
    LIVE_WORKLIST,
    isShown
      ? {
          variables: { limit },
          // It is written below, where it becomes part of the list.
          fetchPolicy: 'no-cache',
          ignoreResults: true,
          onData({ client, data }) {
            pauseMs.current = FIRST_PAUSE_MS;
            setIsOpen(true);
            note(undefined);
            const worklist = data.data?.worklist;
            if (!worklist) return;
            const loaded = client.readQuery({ query: WORKLIST })?.worklist;
            const page = cutBehind(worklist, loaded?.records.at(-1)?.id);
            client.writeQuery({ query: WORKLIST, variables: { limit }, data: { worklist: page } });
            onPage();
          },
          onError: note,
          onComplete() {
            setIsOpen(false);
            if (isFinal(lastError.current)) return;
            // Not all at once, where all were cut off at once.
            const usualMs = pauseMs.current * (0.5 + Math.random() / 2);
            setRestartInMs(retryAfterMsOf(lastError.current) ?? usualMs);
            pauseMs.current = Math.min(pauseMs.current * 2, LONGEST_PAUSE_MS);
            note(undefined);
          },
        }
      : skipToken,
  );

  useEffect(() => {
    if (restartInMs === undefined || !isShown) return undefined;
    const timer = setTimeout(() => {
      setRestartInMs(undefined);
      restart();
    }, restartInMs);
    return () => clearTimeout(timer);
  }, [restart, restartInMs, isShown]);

  // A stream that was open when the network went may never learn of it.
  useEffect(() => {
    const restartAtOnce = () => setRestartInMs(0);
    window.addEventListener('online', restartAtOnce);
    return () => window.removeEventListener('online', restartAtOnce);
  }, []);

  return { isLive: isShown && isOpen && error === undefined, error };
}

/** A page without what follows the last record that is loaded: nobody has asked for more. */
function cutBehind(page: LoadedWorklist, lastId: string | undefined): LoadedWorklist {
  const count = page.records.findIndex(({ id }) => id === lastId) + 1;
  if (count === 0 || count === page.records.length) return page;
  return { ...page, records: page.records.slice(0, count), hasNextPage: true };
}
