import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { OPERATION_LIMITS } from '../limits.ts';

/** How one operation waits for what has to be fetched. */
export interface Wait {
  /** Aborted when the caller leaves. */
  readonly signal: AbortSignal | undefined;
  /** On the monotonic clock: one deadline for all calls. */
  readonly deadlineAtMs: number;
  /** Counts one call; throws `QUERY_TOO_COMPLEX` where it is one too many. */
  readonly countCall: () => void;
}

/** What bounds a fetch, whose calls may be many and whose callers may come and go. */
export type CallBounds = Omit<Wait, 'signal'>;

/** A wait that begins now. */
export function createWait(clock: Clock, timeoutMs: number, signal?: AbortSignal): Wait {
  let calls = 0;
  return {
    signal,
    deadlineAtMs: clock.monotonicMs() + timeoutMs,
    countCall() {
      calls += 1;
      if (calls > OPERATION_LIMITS.maxCalls) throw tooManyCalls();
    },
  };
}

function tooManyCalls(): GatewayError {
  return new GatewayError(
    'QUERY_TOO_COMPLEX',
    `This takes more than ${OPERATION_LIMITS.maxCalls} calls to GoSpeech: ask for fewer or smaller pages at once.`,
  );
}
