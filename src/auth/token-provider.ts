import { sleep, type Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Report } from '../events.ts';
import type { Secret } from '../secret.ts';
import type { Grant, RequestToken } from './request-token.ts';
import type { ServiceToken } from './service-token.ts';
import { isRefusal, MIN_INTERVAL_MS, tokenBackoffMs } from './token-backoff.ts';
import { mustWaitMs, refreshAheadMs } from './token-windows.ts';

/** Keeps one valid service token for everybody. */
export interface TokenProvider {
  /**
   * A token with time left on it. Concurrent callers share one request for it; a failure is shared by those
   * waiting and then forgotten. Throws the `GatewayError` of the last request, at once while the pause after
   * it lasts: `UPSTREAM_AUTH_FAILED` where the credentials were refused.
   */
  get(): Promise<ServiceToken>;
  /** Drops `rejected`, unless it was already replaced. */
  invalidate(rejected: ServiceToken): void;
  /** Stops refreshing. */
  close(): void;
}

export interface TokenProviderOptions {
  readonly requestToken: RequestToken;
  readonly clock: Clock;
  /** 0 … 1, for jitter. */
  readonly random: () => number;
  readonly report: Report;
}

interface Failure {
  readonly error: unknown;
  readonly refusal: boolean;
  /** How many of the same kind came in a row. */
  readonly count: number;
  /** On the monotonic clock. */
  readonly retryAtMs: number;
}

export function createTokenProvider(options: TokenProviderOptions): TokenProvider {
  const { requestToken, clock, random, report } = options;
  let current: ServiceToken | undefined;
  let refreshToken: Secret | undefined;
  let replacing: Promise<ServiceToken> | undefined;
  let failure: Failure | undefined;
  let lastRequestAtMs = -Infinity;
  let callOffTimer: () => void = () => {};
  let closed = false;

  const remainingMs = (token: ServiceToken) => token.expiresAtMonotonicMs - clock.monotonicMs();

  const pauseMs = () => (failure === undefined ? 0 : failure.retryAtMs - clock.monotonicMs());

  /** One request to the token endpoint, in step with the last one. */
  async function request(grant: Grant): Promise<ServiceToken> {
    const waitMs = Math.max(pauseMs(), lastRequestAtMs + MIN_INTERVAL_MS - clock.monotonicMs());
    if (waitMs > 0) await sleep(clock, waitMs);
    lastRequestAtMs = clock.monotonicMs();

    const answer = await requestToken(grant);
    if (answer.kind === 'refused') {
      // A refused refresh token is used up; a refused client says nothing about it.
      if (!answer.clientRefused) refreshToken = undefined;
      throw answer.error;
    }
    refreshToken = answer.refreshToken;
    report({ type: 'token.replaced', grant: grant.type, lifetimeMs: answer.token.lifetimeMs });
    return answer.token;
  }

  /** The refresh token first; the password where there is none left after it. */
  async function requestNext(): Promise<ServiceToken> {
    if (refreshToken !== undefined) {
      try {
        return await request({ type: 'refresh_token', refreshToken });
      } catch (error) {
        // Refresh tokens may be good for one use, and a lost answer may have used this one.
        if (error instanceof GatewayError && error.answerLost) refreshToken = undefined;
        if (refreshToken !== undefined) throw error;
      }
    }
    return request({ type: 'password' });
  }

  async function replace(): Promise<ServiceToken> {
    try {
      current = await requestNext();
      failure = undefined;
      replaceIn(remainingMs(current) - refreshAheadMs(current.lifetimeMs));
      return current;
    } catch (error) {
      failure = nextFailure(error);
      const retryInMs = failure.retryAtMs - clock.monotonicMs();
      replaceIn(retryInMs);
      report({ type: 'token.failed', error, retryInMs });
      throw error;
    } finally {
      replacing = undefined;
    }
  }

  function nextFailure(error: unknown): Failure {
    const refusal = isRefusal(error);
    const count = failure?.refusal === refusal ? failure.count + 1 : 1;
    return { error, refusal, count, retryAtMs: clock.monotonicMs() + tokenBackoffMs(error, count, random) };
  }

  function replaceIn(delayMs: number): void {
    callOffTimer();
    if (!closed) callOffTimer = clock.after(delayMs, () => ignoreRejection(shared()));
  }

  /** One replacement at a time. */
  const shared = () => (replacing ??= replace());

  /** The same for callers, who wait for a short pause after a failure, but not for a long one. */
  function forCaller(): Promise<ServiceToken> {
    if (replacing !== undefined || failure === undefined) return shared();
    const isLong = pauseMs() > (failure.refusal ? 0 : MIN_INTERVAL_MS);
    return isLong ? Promise.reject(again(failure, pauseMs())) : shared();
  }

  return {
    async get() {
      const token = current;
      if (token === undefined) return forCaller();
      if (remainingMs(token) > mustWaitMs(token.lifetimeMs)) {
        if (remainingMs(token) <= refreshAheadMs(token.lifetimeMs)) ignoreRejection(forCaller());
        return token;
      }
      try {
        return await forCaller();
      } catch (error) {
        // The old token's last seconds are better than no answer.
        if (token === current && remainingMs(token) > 0) return token;
        throw error;
      }
    },

    invalidate(rejected) {
      if (current === rejected) current = undefined;
    },

    close() {
      closed = true;
      callOffTimer();
    },
  };
}

/** For a replacement in the background, whose failure is reported and tried again by the timer. */
function ignoreRejection(promise: Promise<unknown>): void {
  promise.catch(() => {});
}

/** The failure once more, with the time that is left of its pause. */
function again({ error, refusal }: Failure, pauseMs: number): unknown {
  if (refusal || !(error instanceof GatewayError)) return error;
  return error.with({ retryAfterMs: Math.ceil(pauseMs) });
}
