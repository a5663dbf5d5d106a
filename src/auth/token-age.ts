/** When a token is too old to be left alone, and when it is too old to be used. Pure functions of its lifetime. */

const REFRESH_AHEAD_MIN_MS = 60_000;
const REFRESH_AHEAD_SHARE = 0.2;
const REFRESH_AHEAD_MAX_SHARE = 0.5;
const MUST_WAIT_MS = 10_000;
const MUST_WAIT_MAX_SHARE = 0.25;

/** With less than this left, it is refreshed in the background while callers go on with it. */
export function refreshAheadMs(lifetimeMs: number): number {
  return Math.min(
    Math.max(REFRESH_AHEAD_MIN_MS, lifetimeMs * REFRESH_AHEAD_SHARE),
    lifetimeMs * REFRESH_AHEAD_MAX_SHARE,
  );
}

/**
 * With less than this left, callers wait for the next one: this one might expire on its way. A share of the
 * lifetime where that is so short that the token would otherwise never be usable.
 */
export function mustWaitMs(lifetimeMs: number): number {
  return Math.min(MUST_WAIT_MS, lifetimeMs * MUST_WAIT_MAX_SHARE);
}
