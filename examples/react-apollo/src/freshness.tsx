import { formatInstant, formatSpan } from './format.ts';
import { useNow } from './use-now.ts';
import { useOnline } from './use-online.ts';
import type { LoadedWorklist } from './use-worklist.ts';

interface FreshnessProps {
  readonly list: LoadedWorklist;
  /** How many records, from the first on, follow what happens. */
  readonly liveCount: number;
}

/** How old what is shown is, and whether it follows what happens. */
export function Freshness({ list, liveCount }: FreshnessProps) {
  const nowMs = useNow();
  const isOnline = useOnline();
  const age = formatSpan(nowMs - Date.parse(list.fetchedAt));
  const state = connectionState(isOnline, liveCount > 0, list.stale);
  const which = liveCount < list.records.length ? `the first ${liveCount} ` : '';
  return (
    <p className="freshness">
      <span className={`connection ${state.toLowerCase()}`}>{state}</span>
      {', '}
      <time dateTime={list.fetchedAt} title={formatInstant(list.fetchedAt)}>
        {state === 'Live' ? `${which}as of now` : `as of ${age} ago`}
      </time>
      {list.stale && ': GoSpeech gives nothing newer at the moment'}
    </p>
  );
}

function connectionState(isOnline: boolean, isLive: boolean, isStale: boolean) {
  if (!isOnline) return 'Offline';
  if (isStale) return 'Old';
  return isLive ? 'Live' : 'Connecting';
}
