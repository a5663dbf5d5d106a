import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { CallBounds, Wait } from './wait.ts';

/** What is being fetched, each once for all who wait for it. */
export interface SingleFlight<Key, Value> {
  /** Whether a flight that gives `key` is under way. */
  has(key: Key): boolean;
  /**
   * Joins the flight that gives `key`, or starts one within the bounds of `wait`. When the caller's `signal` is
   * aborted, only that caller leaves, with the signal's reason; with `UPSTREAM_TIMEOUT` at its deadline. The last to
   * leave cancels the flight. `isExact`: joins none but of that very key.
   */
  fetch(key: Key, wait: Wait, isExact?: boolean): Promise<Value>;
}

/** A fetch under way. */
export interface Flight<Key, Value> {
  readonly key: Key;
  readonly result: Promise<Value>;
  readonly controller: AbortController;
  /** How many wait for it. */
  waiting: number;
}

/** The flights under way, and which of them gives a key. */
export interface Flights<Key, Value> {
  add(flight: Flight<Key, Value>): void;
  delete(flight: Flight<Key, Value>): void;
  find(key: Key, isExact: boolean): Flight<Key, Value> | undefined;
}

export interface SingleFlightOptions<Key, Value> {
  readonly fetch: (key: Key, signal: AbortSignal, bounds: CallBounds) => Promise<Value>;
  readonly flights: Flights<Key, Value>;
  readonly clock: Clock;
}

export function createSingleFlight<Key, Value>(
  options: SingleFlightOptions<Key, Value>,
): SingleFlight<Key, Value> {
  const { flights, clock } = options;

  function start(key: Key, bounds: CallBounds): Flight<Key, Value> {
    const controller = new AbortController();
    const flight: Flight<Key, Value> = {
      key,
      controller,
      waiting: 0,
      result: options.fetch(key, controller.signal, bounds).finally(() => flights.delete(flight)),
    };
    flights.add(flight);
    return flight;
  }

  function join(flight: Flight<Key, Value>, { signal, deadlineAtMs }: Wait): Promise<Value> {
    flight.waiting += 1;
    return new Promise((resolve, reject) => {
      const leave = (reason: unknown) => {
        settle();
        reject(reason);
        flight.waiting -= 1;
        if (flight.waiting > 0) return;
        flights.delete(flight);
        flight.controller.abort(reason);
      };
      const onAbort = () => leave(signal?.reason);
      const callOff = clock.after(deadlineAtMs - clock.monotonicMs(), () => leave(tooLate()));
      const settle = () => {
        callOff();
        signal?.removeEventListener('abort', onAbort);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      flight.result.then(resolve, reject).finally(settle);
    });
  }

  return {
    has: (key) => flights.find(key, false) !== undefined,
    async fetch(key, wait, isExact = false) {
      wait.signal?.throwIfAborted();
      const joined = flights.find(key, isExact);
      if (joined === undefined) return join(start(key, wait), wait);
      try {
        return await join(joined, wait);
      } catch (error) {
        // It ended by the bounds of who started it; this caller's may reach further.
        if (!isBound(error) || clock.monotonicMs() >= wait.deadlineAtMs) throw error;
        return join(flights.find(key, isExact) ?? start(key, wait), wait);
      }
    },
  };
}

function isBound(error: unknown): boolean {
  return error instanceof GatewayError && ['UPSTREAM_TIMEOUT', 'QUERY_TOO_COMPLEX'].includes(error.code);
}

/** What whoever waits beyond the deadline is told. */
export function tooLate(): GatewayError {
  return new GatewayError('UPSTREAM_TIMEOUT', 'GoSpeech did not answer in time.');
}
