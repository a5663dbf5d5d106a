import type { Clock } from '../clock.ts';
import type { Report } from '../events.ts';
import type { RequestToken } from './request-token.ts';
import type { ServiceToken } from './service-token.ts';
import type { FailureKind } from './token-backoff.ts';
import { createTokenGrants } from './token-grants.ts';
import { createTokenPace } from './token-pace.ts';
import { mustWaitMs, refreshAheadMs } from './token-age.ts';

/** Keeps one valid service token for everybody. */
export interface TokenProvider {
  /**
   * A token with time left on it. Concurrent callers share one request for it; a failure is shared by those
   * waiting and then forgotten. Throws the `GatewayError` of the last request, at once while the pause after
   * it lasts: `UPSTREAM_AUTH_FAILED` where the credentials were refused.
   */
  get(): Promise<ServiceToken>;
  /**
   * A token in place of one that was refused: the current one where that is another, else the next. Until it is
   * there, the refused one goes on serving others, for whom it may be good. Throws what `get` throws.
   */
  replace(refused: ServiceToken): Promise<ServiceToken>;
  /** Whether `token` was not replaced yet. */
  isCurrent(token: ServiceToken): boolean;
  /** Asks for no more tokens: what waits for one is rejected. The current one serves to its end. */
  close(): void;
}

export interface TokenProviderOptions {
  readonly requestToken: RequestToken;
  readonly clock: Clock;
  /** 0 … 1, for jitter. */
  readonly random: () => number;
  readonly report: Report;
}

export function createTokenProvider(options: TokenProviderOptions): TokenProvider {
  const { requestToken, clock, random, report } = options;
  const pace = createTokenPace({ clock, random });
  const requestNext = createTokenGrants(async (grant) => {
    await pace.turn();
    return requestToken(grant);
  });
  let current: ServiceToken | undefined;
  let replacing: Promise<ServiceToken> | undefined;
  let callOffTimer: () => void = () => {};
  let isClosed = false;

  const remainingMs = (token: ServiceToken) => token.expiresAtMonotonicMs - clock.monotonicMs();

  async function replace(): Promise<ServiceToken> {
    const result = await requestNext().catch((error: unknown) => ({ kind: 'failed', error }) as const);
    replacing = undefined;
    if (result.kind !== 'granted') throw failed(result.kind, result.error);
    current = result.token;
    pace.granted();
    replaceIn(remainingMs(current) - refreshAheadMs(current.lifetimeMs));
    // Last, so that whatever comes of it the token is kept.
    report({ type: 'token.replaced', grant: result.grant, lifetimeMs: result.token.lifetimeMs });
    return result.token;
  }

  /** Arranges the next attempt, and gives what to throw. */
  function failed(kind: FailureKind, thrown: unknown): unknown {
    if (isClosed) return thrown;
    const { retryInMs, error } = pace.failed(kind, thrown);
    replaceIn(retryInMs);
    report({ type: 'token.failed', error, retryInMs });
    return error;
  }

  function replaceIn(delayMs: number): void {
    callOffTimer();
    if (!isClosed) callOffTimer = clock.after(delayMs, () => ignoreRejection(shared()));
  }

  /** One replacement at a time. */
  const shared = () => (replacing ??= replace());

  /** The same for callers, who wait for a short pause after a failure, but not for a long one. */
  function forCaller(): Promise<ServiceToken> {
    const reason = replacing === undefined ? pace.reasonNotToWait() : undefined;
    return reason === undefined ? shared() : Promise.reject(reason);
  }

  async function get(): Promise<ServiceToken> {
    const token = current;
    if (token === undefined) return forCaller();
    if (remainingMs(token) > mustWaitMs(token.lifetimeMs)) {
      if (remainingMs(token) <= refreshAheadMs(token.lifetimeMs)) ignoreRejection(forCaller());
      return token;
    }
    try {
      return await forCaller();
    } catch (error) {
      // The old token's last seconds are better than no response.
      if (token === current && remainingMs(token) > 0) return token;
      throw error;
    }
  }

  return {
    get,
    replace: (refused) => (current === refused ? forCaller() : get()),
    isCurrent: (token) => token === current,
    close() {
      isClosed = true;
      callOffTimer();
      pace.close();
    },
  };
}

/** For a replacement in the background, whose failure is reported and tried again by the timer. */
function ignoreRejection(promise: Promise<unknown>): void {
  promise.catch(() => {});
}
