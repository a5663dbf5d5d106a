import type { Clock } from '../clock.ts';
import type { Report } from '../events.ts';
import { createTurns } from '../http/turns.ts';
import { overloaded } from '../http/with-bulkhead.ts';
import type { FetchedWindow } from './fetched-window.ts';
import { fetchMerged, type FetchPart } from './merged-fetch.ts';
import { isSameWindow, unionOf, type MergedWindow, type PageWindow } from './page-window.ts';
import { tooLate, type SingleFlight } from './single-flight.ts';
import type { Wait } from './wait.ts';

export interface GatheredFetchOptions {
  readonly flights: SingleFlight<PageWindow, FetchedWindow>;
  readonly clock: Clock;
  /** The most records that one call gives, as far as is known. */
  readonly maxLimit: () => number;
  /** The most calls at once, and the most that wait beyond them. */
  readonly maxRunning: number;
  readonly maxWaiting: number;
  /** Calls back soon, after whoever asks at the same time has been heard. */
  readonly soon: (callback: () => void) => void;
  readonly report: Report;
}

/** Fetches the windows of one operation that one call may serve. */
export type GatheredFetch = (call: MergedWindow, wait: Wait) => FetchPart;

/** A call that has not begun, and may still grow. */
interface Place {
  window: MergedWindow;
  /** Those who wait for it. */
  readonly members: Set<Member>;
  leaveQueue: () => void;
}

interface Member {
  start(window: MergedWindow, onEnd: () => void): void;
  refuse(): void;
}

/**
 * Lets operations share calls: one that has not begun grows by the windows of others that overlap it or follow on, as far
 * as one call goes. It begins soon, or, where as many are under way as there are connections, when its turn comes: the
 * longer calls have to wait, the fewer they become. A caller that leaves gives up its place; what it asked for
 * stays part of a call that others wait for.
 */
export function createGatheredFetch(options: GatheredFetchOptions): GatheredFetch {
  const { flights, clock, maxLimit, maxRunning, maxWaiting, soon, report } = options;
  const turns = createTurns({
    maxRunning,
    maxWaiting,
    onQueued: (waiting) => report({ type: 'upstream.queued', waiting }),
  });
  const growing = new Set<Place>();

  /** The call that serves both, if one does. */
  function joined(one: MergedWindow, other: MergedWindow): MergedWindow | undefined {
    const union = unionOf(one, other);
    if (union === undefined || union.limit > Math.max(maxLimit(), one.limit)) return undefined;
    const others = other.parts.filter((part) => !one.parts.some((each) => isSameWindow(each, part)));
    return { ...union, parts: [...one.parts, ...others] };
  }

  function placeFor(call: MergedWindow): Place {
    for (const place of growing) {
      const window = joined(place.window, call);
      if (window === undefined) continue;
      place.window = window;
      return place;
    }
    const place: Place = { window: call, members: new Set(), leaveQueue: () => {} };
    growing.add(place);
    soon(() => {
      if (!growing.has(place)) return;
      if (turns.takeFree()) start(place);
      else place.leaveQueue = turns.enter({ start: () => start(place), refuse: () => refuse(place) });
    });
    return place;
  }

  /** Takes along those that have grown towards each other meanwhile. */
  function takeAlong(place: Place): void {
    for (const other of growing) {
      const window = joined(place.window, other.window);
      if (window === undefined) continue;
      place.window = window;
      for (const member of other.members) place.members.add(member);
      growing.delete(other);
      other.leaveQueue();
      return takeAlong(place);
    }
  }

  function start(place: Place): void {
    growing.delete(place);
    takeAlong(place);
    // Whoever is the first begins the call, which all others join: it is over for the last of them.
    let left = place.members.size;
    const onEnd = () => {
      left -= 1;
      if (left === 0) turns.release();
    };
    for (const member of place.members) member.start(place.window, onEnd);
  }

  function refuse(place: Place): void {
    growing.delete(place);
    for (const member of place.members) member.refuse();
  }

  /** Resolves when the call begins. */
  function begun(call: MergedWindow, { signal, deadlineAtMs, ...wait }: Wait): Promise<FetchPart> {
    return new Promise((resolve, reject) => {
      // Of a signal that is aborted nobody hears any more.
      if (signal?.aborted === true) return reject(signal.reason);
      const place = placeFor(call);
      const end = (settle: () => void) => {
        callOff();
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      const member: Member = {
        start: (window, onEnd) =>
          end(() =>
            resolve(fetchMerged(window, { ...wait, signal, deadlineAtMs }, { flights, clock, onEnd })),
          ),
        refuse: () => end(() => reject(overloaded())),
      };
      const leave = (reason: unknown) => {
        place.members.delete(member);
        if (place.members.size === 0) {
          growing.delete(place);
          place.leaveQueue();
        }
        end(() => reject(reason));
      };
      const onAbort = () => leave(signal?.reason);
      const callOff = clock.after(deadlineAtMs - clock.monotonicMs(), () => leave(tooLate()));
      signal?.addEventListener('abort', onAbort, { once: true });
      place.members.add(member);
    });
  }

  return (call, wait) => {
    if (flights.has(call)) return fetchMerged(call, wait, { flights, clock });
    const beginning = begun(call, wait);
    beginning.catch(() => {});
    return async (part) => (await beginning)(part);
  };
}
