import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import type { Report } from '../events.ts';
import { MEMORY_LIMITS } from '../limits.ts';
import type { RefusalSign } from './refusal-sign.ts';
import type { ServiceToken } from './service-token.ts';
import { MIN_INTERVAL_MS, refusedPauseMs } from './token-backoff.ts';

/** A request that was signed with the token that is current. */
export interface SignedRequest {
  readonly token: ServiceToken;
  readonly url: URL;
  /** On the monotonic clock. */
  readonly sentAtMs: number;
}

/** Tells a token that has ended from an API, or a resource of it, that refuses every token. */
export interface TokenRefusals {
  /** The token did its work. */
  accepted(request: SignedRequest): void;
  /** The token was refused: whether to ask for another, and repeat the request with it. */
  mayReplace(request: SignedRequest, sign: RefusalSign): boolean;
  /** The request was repeated with this token, which came in place of a refused one, and refused again. */
  refusedAgain(request: SignedRequest, sign: RefusalSign): void;
  /** How long no refusal leads to another token, in milliseconds; 0 where the next one may. */
  pauseMs(): number;
}

export interface TokenRefusalsOptions {
  readonly clock: Clock;
  readonly report: Report;
}

/** How many tokens may be replaced for a refusal one after the other, and after which time another. */
const MAX_REPLACEMENTS = 5;
const REPLACEMENT_EVERY_MS = 60_000;

/** For how long a resource is remembered after its last refusal. */
const REMEMBERED_MS = 300_000;

/** A resource that refused a token. */
interface Refusal {
  readonly token: ServiceToken;
  /** On the monotonic clock. */
  readonly atMs: number;
  /** How often a token had been accepted by then. */
  readonly acceptances: number;
}

/**
 * - A token that was accepted before, or is not new, may have ended: it is replaced, at most five in a row
 *   and then one a minute, so that resources which refuse in turn do not cost a token each.
 * - A new token that was never accepted is not replaced, since the next would fare no better: no other is asked
 *   for during a pause, 60 s, doubling to 15 min, that ends when the API accepts it.
 * - A resource that refused, while others accepted a token since, refuses by itself, for five minutes, and until the
 *   token changes for another reason than a refusal: then it is given the benefit of the doubt again.
 */
export function createTokenRefusals({ clock, report }: TokenRefusalsOptions): TokenRefusals {
  const worked = new WeakSet<ServiceToken>();
  const replaced = new WeakSet<ServiceToken>();
  const refusing = new LRUCache<string, Refusal>({ max: MEMORY_LIMITS.maxRefusingResources });
  let acceptances = 0;
  /** The last new token that was refused, how many were in a row, and the end of the pause after it. */
  let fresh: { readonly token: ServiceToken; readonly count: number; readonly untilMs: number } | undefined;
  /** When all replacements that were made are made up for. */
  let madeUpAtMs = -Infinity;

  const freshPauseMs = () => (fresh?.untilMs ?? -Infinity) - clock.monotonicMs();

  const replacementPauseMs = () =>
    madeUpAtMs - (MAX_REPLACEMENTS - 1) * REPLACEMENT_EVERY_MS - clock.monotonicMs();

  const isNew = ({ token, sentAtMs }: SignedRequest) =>
    sentAtMs - (token.expiresAtMonotonicMs - token.lifetimeMs) < MIN_INTERVAL_MS;

  function remember({ token, url }: SignedRequest): void {
    refusing.set(url.href, { token, atMs: clock.monotonicMs(), acceptances });
  }

  function refusesByItself({ token, url }: SignedRequest): boolean {
    const last = refusing.get(url.href);
    if (last === undefined || clock.monotonicMs() - last.atMs >= REMEMBERED_MS) return false;
    // A token that came in place of a refused one does not count as a change: resources would refuse them in turn.
    if (last.token !== token && !replaced.has(last.token)) return false;
    return acceptances > last.acceptances;
  }

  function pauseAfter(token: ServiceToken): void {
    if (fresh?.token === token) return;
    const count = (fresh?.count ?? 0) + 1;
    const retryInMs = refusedPauseMs(count);
    fresh = { token, count, untilMs: clock.monotonicMs() + retryInMs };
    report({ type: 'token.refused', retryInMs });
  }

  /** One for each token, however many were refused with it. */
  function takeReplacement(token: ServiceToken): boolean {
    if (replaced.has(token)) return true;
    if (replacementPauseMs() > 0) return false;
    madeUpAtMs = Math.max(madeUpAtMs, clock.monotonicMs()) + REPLACEMENT_EVERY_MS;
    replaced.add(token);
    return true;
  }

  function mayReplace(request: SignedRequest, sign: RefusalSign): boolean {
    const { token } = request;
    if (refusesByItself(request)) return false;
    if (!worked.has(token)) {
      // What only looks like a refusal is none where nothing else was ever seen.
      if (sign === 'shown' || freshPauseMs() > 0) return false;
      if (isNew(request)) {
        pauseAfter(token);
        return false;
      }
    }
    return takeReplacement(token);
  }

  return {
    accepted({ token, url }) {
      acceptances += 1;
      worked.add(token);
      refusing.delete(url.href);
      if (fresh !== undefined) report({ type: 'token.accepted' });
      fresh = undefined;
    },
    mayReplace(request, sign) {
      const may = mayReplace(request, sign);
      if (!may) remember(request);
      return may;
    },
    refusedAgain(request, sign) {
      remember(request);
      if (sign === 'said' && !worked.has(request.token)) pauseAfter(request.token);
    },
    pauseMs: () => Math.max(0, freshPauseMs(), replacementPauseMs()),
  };
}
