import { useQuery } from '@apollo/client/react';
import { TOKEN } from './documents.ts';
import { formatSpan } from './format.ts';
import { useNow } from './use-now.ts';

/** The gateway replaces its token when it likes. */
const POLL_MS = 30_000;

/** For how long the service token is good; nothing where that is not for this user to know. */
export function TokenLife() {
  const nowMs = useNow();
  const { data, error } = useQuery(TOKEN, { pollInterval: POLL_MS, errorPolicy: 'all' });
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
