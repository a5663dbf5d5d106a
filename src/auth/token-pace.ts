import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { MIN_INTERVAL_MS, tokenBackoffMs, type FailureKind } from './token-backoff.ts';

/** When the token endpoint may be asked. */
export interface TokenPace {
  /**
   * Resolves when the next token request may start, and counts it as started. One at a time. Rejects with
   * `UPSTREAM_UNAVAILABLE` once the pace is closed.
   */
  turn(): Promise<void>;
  /** A token came: failures are forgotten. */
  granted(): void;
  /** Counts a failure. Gives the pause after it in milliseconds, and the error with no longer one in it. */
  failed(kind: FailureKind, error: unknown): { readonly retryInMs: number; readonly error: unknown };
  /**
   * The last failure, with the time that is left, while the pause after it is too long for a caller to wait:
   * above a second, or any after a refusal.
   */
  reasonNotToWait(): unknown;
  /** Ends all waiting, now and later. */
  close(): void;
}

export interface TokenPaceOptions {
  readonly clock: Clock;
  /** 0 … 1, for jitter. */
  readonly random: () => number;
}

export function createTokenPace({ clock, random }: TokenPaceOptions): TokenPace {
  /** A kind's count survives failures of another kind: those do not make a refused password right. */
  let counts = { refused: 0, unclear: 0, failed: 0 };
  /** The last failure. */
  let failure:
    { readonly kind: FailureKind; readonly error: unknown; readonly retryAtMs: number } | undefined;
  let lastStartAtMs = -Infinity;
  let isClosed = false;
  let stopWaiting: () => void = () => {};

  const pauseMs = () => (failure === undefined ? 0 : failure.retryAtMs - clock.monotonicMs());

  function wait(delayMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const callOff = clock.after(delayMs, resolve);
      stopWaiting = () => {
        callOff();
        reject(stopping());
      };
    });
  }

  return {
    async turn() {
      if (isClosed) throw stopping();
      const waitMs = Math.max(pauseMs(), lastStartAtMs + MIN_INTERVAL_MS - clock.monotonicMs());
      if (waitMs > 0) await wait(waitMs);
      lastStartAtMs = clock.monotonicMs();
    },

    granted() {
      failure = undefined;
      counts = { refused: 0, unclear: 0, failed: 0 };
    },

    failed(kind, error) {
      counts[kind] += 1;
      const retryInMs = tokenBackoffMs(kind, error, counts[kind], random);
      failure = { kind, error, retryAtMs: clock.monotonicMs() + retryInMs };
      const isLonger = error instanceof GatewayError && (error.retryAfterMs ?? 0) > retryInMs;
      return { retryInMs, error: isLonger ? error.with({ retryAfterMs: retryInMs }) : error };
    },

    reasonNotToWait() {
      if (failure === undefined) return undefined;
      const { kind, error } = failure;
      if (pauseMs() <= (kind === 'refused' ? 0 : MIN_INTERVAL_MS)) return undefined;
      if (kind === 'refused' || !(error instanceof GatewayError)) return error;
      return error.with({ retryAfterMs: Math.ceil(pauseMs()) });
    },

    close() {
      isClosed = true;
      stopWaiting();
    },
  };
}

function stopping(): GatewayError {
  return new GatewayError('UPSTREAM_UNAVAILABLE', 'The gateway is stopping, and asks GoSpeech no more.', {
    mayRetryAtOnce: false,
  });
}
