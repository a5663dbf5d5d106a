import type { FreshnessDemands } from '../freshness-demands.ts';
import type { FoundWindow } from './window-store.ts';

/** However new a page somebody demands: what was asked for within this time is new enough. */
const FLOOR_MS = 1_000;

/**
 * What is kept of a window, in the state that it has for who demands this: too old by `max-age` is to be waited for as
 * what is outdated; within `max-stale`, served at once as what is stale.
 */
export function demandedWindow(
  found: FoundWindow,
  { maxAgeMs = Infinity, maxStaleMs = 0 }: FreshnessDemands,
  nowMs: number,
): FoundWindow {
  const { value, state, freshUntilMs, retryAtMs = -Infinity } = found;
  if (nowMs - value.askedAtMs > Math.max(maxAgeMs, FLOOR_MS)) {
    // Nobody waits for a page that failed to be fetched again, unless it is this that they ask for.
    return { ...found, state: 'outdated', retryAtMs: nowMs < retryAtMs ? retryAtMs : undefined };
  }
  const isTolerated =
    state === 'stale-if-error'
      ? nowMs - freshUntilMs <= maxStaleMs
      : state === 'outdated' && maxStaleMs === Infinity;
  return isTolerated ? { ...found, state: 'stale' } : found;
}
