import type { Clock } from './clock.ts';

export type StopSignal = 'SIGTERM' | 'SIGINT';

/** Says what the first signal starts. */
export type OnStopSignal = (stop: (signal: StopSignal) => void) => void;

export interface StopSignalsDeps {
  /** Calls `receive` for each such signal to the process. */
  readonly listen: (signal: StopSignal, receive: () => void) => void;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}

/** A terminal and npm both pass on one Ctrl-C: what comes within this time is one wish. */
const ONE_WISH_MS = 500;

/** What a shell says of a process that such a signal has ended. */
const EXIT_CODES = { SIGTERM: 143, SIGINT: 130 };

/**
 * Listens from now on, and gives a function that says what the first signal starts. One that comes before that ends
 * the process with code 0, since nothing is under way yet; as the first process of a container it would not even be
 * ended by one. Another signal half a second after the first, or later, ends it at once with 128 and the signal's
 * number: somebody does not want to wait.
 */
export function createStopSignals({ listen, clock, exit }: StopSignalsDeps): OnStopSignal {
  let start: (signal: StopSignal) => void = () => exit(0);
  let firstAtMs: number | undefined;

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    listen(signal, () => {
      const nowMs = clock.monotonicMs();
      if (firstAtMs === undefined) {
        firstAtMs = nowMs;
        start(signal);
      } else if (nowMs - firstAtMs >= ONE_WISH_MS) exit(EXIT_CODES[signal]);
    });
  }
  return (stop) => {
    start = stop;
  };
}
