import type { Clock } from '../clock.ts';
import { GatewayError, type GatewayErrorCode } from '../errors.ts';
import type { GatewayEvent } from '../events.ts';

/** The code of a refused account. */
const REFUSED: GatewayErrorCode = 'UPSTREAM_AUTH_FAILED';

/** What is known of the service token. */
export type TokenState =
  /** There has been none yet. */
  | 'none'
  | 'valid'
  /** It still counts, but could not be replaced so far. */
  | 'failing'
  /** It has ended, and could not be replaced so far. */
  | 'expired'
  /** GoSpeech refuses the account. */
  | 'refused';

/** Whether this instance should be sent requests, and what is known of GoSpeech, in words that stay the same. */
export interface ReadinessState {
  readonly ready: boolean;
  /** Where it is not ready: `SHUTTING_DOWN`, `STARTING`, or the code of what keeps the first token away. */
  readonly reason?: string;
  /** How the last calls ended. */
  readonly upstream: 'unknown' | 'ok' | 'failing';
  readonly token: TokenState;
}

export interface Readiness {
  /** Known at once: nobody is asked for it. */
  state(): ReadinessState;
  /** Learns from what happens. */
  note(event: GatewayEvent): void;
  /** Not ready from now on. */
  drain(): void;
}

/**
 * An instance that had a token once stays ready while GoSpeech is down: it has pages to serve, and says best itself
 * what it cannot. It is not ready before that, while it drains, and where the account is refused and no token lives.
 */
export function createReadiness(clock: Clock): Readiness {
  let draining = false;
  /** On the monotonic clock: when the last token ends. */
  let tokenEndsAtMs: number | undefined;
  /** Why there was no newer token, since the last one: a code. */
  let tokenProblem: string | undefined;
  /** On the monotonic clock: until when the API is known to refuse the token that it was issued. */
  let refusedUntilMs = -Infinity;
  let breakerIsOpen = false;
  /** For each endpoint, whether the last call failed. */
  const failing = new Map<string, boolean>();

  const tokenLives = () => tokenEndsAtMs !== undefined && clock.monotonicMs() < tokenEndsAtMs;

  const isRefusedByApi = () => clock.monotonicMs() < refusedUntilMs;

  function tokenState(): TokenState {
    if (tokenProblem === REFUSED || isRefusedByApi()) return 'refused';
    if (tokenEndsAtMs === undefined) return 'none';
    if (!tokenLives()) return 'expired';
    return tokenProblem === undefined ? 'valid' : 'failing';
  }

  function upstreamState(): ReadinessState['upstream'] {
    if (breakerIsOpen || [...failing.values()].includes(true)) return 'failing';
    return failing.size === 0 ? 'unknown' : 'ok';
  }

  function reasonAgainst(token: TokenState): string | undefined {
    if (draining) return 'SHUTTING_DOWN';
    if (token === 'none') return tokenProblem ?? 'STARTING';
    return token === 'refused' && (isRefusedByApi() || !tokenLives()) ? REFUSED : undefined;
  }

  return {
    state() {
      const token = tokenState();
      const reason = reasonAgainst(token);
      const known = { upstream: upstreamState(), token };
      return reason === undefined ? { ready: true, ...known } : { ready: false, reason, ...known };
    },

    note(event) {
      if (event.type === 'token.replaced') {
        tokenEndsAtMs = clock.monotonicMs() + event.lifetimeMs;
        tokenProblem = undefined;
        refusedUntilMs = -Infinity;
      } else if (event.type === 'token.failed') {
        // What keeps the gateway from asking again does not mean that the account is accepted now.
        if (tokenProblem !== REFUSED) tokenProblem = codeOf(event.error);
      } else if (event.type === 'token.refused') {
        // By the API: it was issued, and opens nothing. Once the pause is over, only requests can show whether it does.
        refusedUntilMs = clock.monotonicMs() + event.retryInMs;
      } else if (event.type === 'token.accepted') {
        refusedUntilMs = -Infinity;
      } else if (event.type === 'breaker.opened') {
        breakerIsOpen = true;
      } else if (event.type === 'breaker.closed') {
        breakerIsOpen = false;
      } else if (event.type === 'upstream.responded') {
        failing.set(event.route, event.status >= 500);
      } else if (event.type === 'upstream.failed' && event.error instanceof GatewayError) {
        // Anything else is a caller that left, which says nothing of the upstream.
        failing.set(event.route, true);
      }
    },

    drain() {
      draining = true;
    },
  };
}

function codeOf(error: unknown): string {
  return error instanceof GatewayError ? error.code : 'INTERNAL_SERVER_ERROR';
}
