import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import type { Report } from '../events.ts';
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

/** How many refused resources are remembered. */
const MAX_RESOURCES = 1_000;

/**
 * - A token that was accepted before, or is not new, may have ended: it is replaced, at most five in a row
 *   and then one a minute, so that resources which refuse in turn do not cost a token each.
 * - A new token that was never accepted is not replaced, since the next would fare no better: no other is asked
 *   for during a pause, 60 s, doubling to 15 min, that ends when the API accepts it.
 * - A resource that refused, while others accepted a token since, refuses by itself, whatever the token.
 */
export function createTokenRefusals({ clock, report }: TokenRefusalsOptions): TokenRefusals {
  const worked = new WeakSet<ServiceToken>();
  const replaced = new WeakSet<ServiceToken>();
  /** Each resource that refused, with how often a token had been accepted by then. */
  const refusing = new LRUCache<string, number>({ max: MAX_RESOURCES });
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

  function refusesByItself({ href }: URL): boolean {
    const acceptancesThen = refusing.get(href);
    return acceptancesThen !== undefined && acceptances > acceptancesThen;
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
    const { token, url } = request;
    if (refusesByItself(url)) return false;
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
      fresh = undefined;
    },
    mayReplace(request, sign) {
      const may = mayReplace(request, sign);
      if (!may) refusing.set(request.url.href, acceptances);
      return may;
    },
    refusedAgain({ token, url }, sign) {
      refusing.set(url.href, acceptances);
      if (sign === 'said' && !worked.has(token)) pauseAfter(token);
    },
    pauseMs: () => Math.max(0, freshPauseMs(), replacementPauseMs()),
  };
}
