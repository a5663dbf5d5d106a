import type { ErrorLike } from '@apollo/client';
import { useEffect, useEffectEvent, useState } from 'react';
import { BusyButton } from './busy-button.tsx';
import { adviseOn, type ErrorAdvice } from './error-advice.ts';
import { useNow } from './use-now.ts';
import { useOnline } from './use-online.ts';
import type { Failure } from './use-worklist.ts';

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;

interface ErrorNoticeProps {
  readonly failure: Failure;
  readonly isBusy: boolean;
  onSignIn(): void;
}

/** An error in plain words, with the one thing to do about it; where that is to wait, it is done by itself. */
export function ErrorNotice({ failure: { error, retry }, isBusy, onSignIn }: ErrorNoticeProps) {
  const advice = adviseOn(error, useOnline());
  const attempt = useAttempt(error);
  const usualPauseMs = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
  const pauseMs = advice.retryAfterMs ?? (advice.action === 'wait' ? usualPauseMs : undefined);
  return (
    <section className="notice" aria-label="Problem">
      <div role="alert">
        <h2>{advice.title}</h2>
        <p>{advice.text}</p>
      </div>
      {pauseMs !== undefined && <RetryTimer key={attempt} pauseMs={pauseMs} isBusy={isBusy} onDue={retry} />}
      <NoticeAction advice={advice} isBusy={isBusy} onRetry={retry} onSignIn={onSignIn} />
      <details>
        <summary>For the operator</summary>
        <p>{advice.details}</p>
      </details>
    </section>
  );
}

/** How many errors came before this one, without a success between them. */
function useAttempt(error: ErrorLike): number {
  const [latest, setLatest] = useState({ error, attempt: 0 });
  if (latest.error === error) return latest.attempt;
  const attempt = latest.attempt + 1;
  setLatest({ error, attempt });
  return attempt;
}

interface RetryTimerProps {
  readonly pauseMs: number;
  readonly isBusy: boolean;
  onDue(): void;
}

/** Tries again after a pause, or as soon as the browser is back online, and says when. */
function RetryTimer({ pauseMs, isBusy, onDue }: RetryTimerProps) {
  const [dueMs] = useState(() => Date.now() + pauseMs);
  const seconds = Math.ceil((dueMs - useNow()) / 1_000);
  const retry = useEffectEvent(onDue);
  useEffect(() => {
    const retryNow = () => retry();
    const timer = setTimeout(retryNow, pauseMs);
    window.addEventListener('online', retryNow);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('online', retryNow);
    };
  }, [pauseMs]);
  // Read out each second, it would interrupt whoever listens to the page.
  return <p aria-live="off">{isBusy || seconds <= 0 ? 'Trying again …' : `Trying again in ${seconds} s.`}</p>;
}

interface NoticeActionProps {
  readonly advice: ErrorAdvice;
  readonly isBusy: boolean;
  onRetry(): void;
  onSignIn(): void;
}

function NoticeAction({ advice, isBusy, onRetry, onSignIn }: NoticeActionProps) {
  if (advice.action === 'sign in') {
    return (
      <button type="button" onClick={onSignIn}>
        Sign in
      </button>
    );
  }
  if (advice.action === 'reload') {
    return (
      <button type="button" onClick={() => window.location.reload()}>
        Load the page anew
      </button>
    );
  }
  return (
    <BusyButton className="quiet" isBusy={isBusy} onPress={onRetry}>
      Try now
    </BusyButton>
  );
}
