import { useQuery } from '@apollo/client/react';
import { useEffect, useRef } from 'react';
import { TOKEN } from './documents.ts';
import { isFinal } from './error-advice.ts';
import { formatSpan } from './format.ts';
import { useNow } from './use-now.ts';

/** The gateway replaces its token when it likes. */
const POLL_MS = 30_000;

/** For how long the service token is good; nothing where that is not for this user to know. */
export function TokenLife() {
  const nowMs = useNow();
  const needsNoPoll = useRef(false);
  const { data, error } = useQuery(TOKEN, {
    errorPolicy: 'all',
    pollInterval: POLL_MS,
    skipPollAttempt: () => needsNoPoll.current || document.hidden,
  });
  useEffect(() => {
    needsNoPoll.current = isFinal(error);
  });
  const token = data?.token;
  if (!token || error) return null;
  const leftMs = Date.parse(token.expiresAt) - nowMs;
  return (
    <p className="token-life">
      Service token: {leftMs > 0 ? `${formatSpan(leftMs)} left` : 'at its end'}
      {token.refreshable && ', renews itself'}
    </p>
  );
}
