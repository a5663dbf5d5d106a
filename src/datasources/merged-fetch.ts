import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { holdsWindow, type FetchedWindow } from './fetched-window.ts';
import type { MergedWindow, PageWindow } from './page-window.ts';
import type { SingleFlight } from './single-flight.ts';
import type { Wait } from './wait.ts';

/** Gives what holds one of the windows that a call was merged of. */
export type FetchPart = (part: PageWindow) => Promise<FetchedWindow>;

/** The share of the time to the deadline after which parts no longer rely on the call that they were merged into. */
const PATIENCE = 0.5;

export interface MergedFetchDeps {
  readonly flights: SingleFlight<PageWindow, FetchedWindow>;
  readonly clock: Clock;
  /** Called when the call is over, or this caller has left it. */
  readonly onEnd?: () => void;
}

/**
 * Starts one call for all parts of `merged`. Where it fails in a way that one of them alone may be the reason for, is
 * slow, or leaves records out so that parts cannot be cut from it, each part is fetched by itself, within the same
 * bounds.
 */
export function fetchMerged(
  merged: MergedWindow,
  wait: Wait,
  { flights, clock, onEnd }: MergedFetchDeps,
): FetchPart {
  const { offset, limit } = merged;
  const together = flights.fetch({ offset, limit }, wait);
  together.catch(() => {}).finally(onEnd);
  const patienceMs = (wait.deadlineAtMs - clock.monotonicMs()) * PATIENCE;

  const alone = (part: PageWindow) => flights.fetch(part, wait, true);

  async function fromTogether(part: PageWindow): Promise<FetchedWindow> {
    const fetched = await together;
    if (holdsWindow(fetched, part)) return fetched;
    throw new GatewayError('UPSTREAM_BAD_RESPONSE', 'GoSpeech leaves records out of its pages.');
  }

  function fromEither(part: PageWindow): Promise<FetchedWindow> {
    const outOfPatience = new Promise<void>((resolve) => {
      const callOff = clock.after(patienceMs, resolve);
      together.finally(callOff).catch(() => {});
    });
    const cut = fromTogether(part);
    const inVain = cut.then(
      () => {
        throw new Error('It is there.');
      },
      (error: unknown) => {
        if (!mayBeOneParts(error)) throw error;
      },
    );
    const byItself = Promise.race([outOfPatience, inVain]).then(() => alone(part));
    return Promise.any([cut, byItself]).catch(() => byItself);
  }

  async function fromOnly(part: PageWindow): Promise<FetchedWindow> {
    const fetched = await together;
    return holdsWindow(fetched, part) ? fetched : alone(part);
  }

  return merged.parts.length === 1 ? fromOnly : fromEither;
}

/** Whether a failure may be the fault of a single record or page, so that others could still be had. */
function mayBeOneParts(error: unknown): boolean {
  if (!(error instanceof GatewayError)) return false;
  if (error.code === 'UPSTREAM_UNAVAILABLE') return error.mayRetryAtOnce;
  return error.code === 'UPSTREAM_BAD_RESPONSE' || error.code === 'UPSTREAM_REJECTED';
}
