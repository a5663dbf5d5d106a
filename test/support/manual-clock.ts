import { MAX_TIMER_MS, type Clock } from '../../src/clock.ts';

export interface ManualClock extends Clock {
  /** Moves both clocks, and calls the timers that fall due on the way, in their order. */
  advance(ms: number): Promise<void>;
  /** Moves the wall clock only, as an administrator or NTP might. */
  jump(ms: number): void;
}

/** Time that moves only when told. */
export function createManualClock(startMs = Date.UTC(2026, 0, 31, 9, 30)): ManualClock {
  let wallMs = startMs;
  let monotonicMs = 1_000_000;
  const timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  function moveTo(atMs: number): void {
    wallMs += atMs - monotonicMs;
    monotonicMs = atMs;
  }

  return {
    now: () => wallMs,
    monotonicMs: () => monotonicMs,
    after(delayMs, callback) {
      const timer = { atMs: monotonicMs + Math.min(Math.max(0, delayMs), MAX_TIMER_MS), callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const untilMs = monotonicMs + ms;
      for (;;) {
        await settle();
        const next = [...timers].filter(({ atMs }) => atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined) break;
        timers.delete(next);
        moveTo(next.atMs);
        next.callback();
      }
      moveTo(untilMs);
      await settle();
    },
    jump(ms) {
      wallMs += ms;
    },
  };
}

/** Lets everything run that waits for no timer and no socket. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
