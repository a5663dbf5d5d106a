import { jsonReply, type Reply } from './reply.ts';

const MINUTE_MS = 60_000;

/** Counts the requests of each minute. Gives 429 for those beyond `most`, with the seconds until the next begins. */
export function createRateLimit(now: () => number): (most: number) => Reply | undefined {
  let minute = { endsAtMs: -Infinity, requests: 0 };
  return (most) => {
    if (most === 0) return undefined;
    const nowMs = now();
    if (nowMs >= minute.endsAtMs) minute = { endsAtMs: nowMs + MINUTE_MS, requests: 0 };
    minute.requests += 1;
    if (minute.requests <= most) return undefined;
    const retryAfterS = Math.ceil((minute.endsAtMs - nowMs) / 1_000);
    return jsonReply(429, { error: 'too_many_requests' }, { 'Retry-After': String(retryAfterS) });
  };
}
