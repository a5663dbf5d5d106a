import { GatewayError } from '../errors.ts';
import { classifyStatus } from './classify-status.ts';
import type { Outcome } from './send.ts';

/**
 * What the end of a call says of the upstream: it `responded` (a refusal and a broken body are responses too), it has no
 * room, it failed, or nothing is known, since the caller left or the gateway itself refused.
 */
export type Verdict = 'responded' | 'throttled' | 'failed' | 'unknown';

export function verdictOn(outcome: Outcome): Verdict {
  if (outcome.status === 'fulfilled') {
    const statusClass = classifyStatus(outcome.value.status);
    if (statusClass === 'throttled') return 'throttled';
    return statusClass === 'failure' ? 'failed' : 'responded';
  }
  const reason: unknown = outcome.reason;
  const code = reason instanceof GatewayError ? reason.code : undefined;
  if (code === 'UPSTREAM_UNAVAILABLE' || code === 'UPSTREAM_TIMEOUT') return 'failed';
  return code === 'UPSTREAM_BAD_RESPONSE' ? 'responded' : 'unknown';
}
