/** The longest delay a timer keeps: above it, Node fires at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** Where the gateway gets the time from. Tests pass one that moves only when told. */
export interface Clock {
  /** The wall clock: milliseconds since the Unix epoch. For instants that people read; it may jump. */
  now(): number;
  /** Milliseconds on a clock that never jumps and never runs backwards. For lifetimes and deadlines. */
  monotonicMs(): number;
  /**
   * Calls `callback` once, `delayMs` from now (clamped to 0 … `MAX_TIMER_MS`), and returns a function that
   * calls it off. A waiting timer does not keep the process alive.
   */
  after(delayMs: number, callback: () => void): () => void;
}

/** The machine's own clocks and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.ceil(Math.max(delayMs, 0)), MAX_TIMER_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs` on `clock`; rejects with the reason of `signal` as soon as that is aborted. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      callOff();
      reject(signal?.reason);
    };
    const callOff = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', leave);
      resolve();
    });
    if (signal?.aborted === true) leave();
    else signal?.addEventListener('abort', leave, { once: true });
  });
}

/** Calls back once the wall clock says so, which may be longer than a timer waits; returns a function that calls it off. */
export function atWallTime(clock: Clock, atMs: number, callback: () => void): () => void {
  let callOff = () => {};
  function wait(): void {
    callOff = clock.after(atMs - clock.now(), () => (clock.now() < atMs ? wait() : callback()));
  }
  wait();
  return () => callOff();
}
