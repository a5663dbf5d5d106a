import type { Clock } from '../clock.ts';
import { heldUntil, type FetchedWindow } from './fetched-window.ts';
import { isSameWindow, overlaps } from './page-window.ts';

/**
 * What readings of the list show of each other: where a newer one has another total, another end, or a record at
 * another place than an older one, the list has changed between the two. Nobody knows when, so that all readings before
 * the newer one count as outdated.
 */
export interface ListChanges {
  /** Compares a reading with what is known; `near` are the kept readings around its place. */
  compare(reading: FetchedWindow, near: readonly FetchedWindow[]): void;
  /** Whether a newer reading has shown that the list changed after this one. */
  hasChangedSince(reading: Pick<FetchedWindow, 'order'>): boolean;
  /** Where a record stands by the newest reading that is remembered, unless the list has changed since. */
  placeOf(id: string): number | undefined;
  /** Remembers where the records of a kept reading stand. */
  remember(reading: FetchedWindow): void;
  forget(reading: FetchedWindow): void;
}

/** When a reading was asked for. */
type Asked = Pick<FetchedWindow, 'order' | 'askedAtMs'>;

/** One thing that readings say of the list, as the newest of them has it. */
interface Claim extends Asked {
  readonly position: number;
}

/**
 * Where a window says again what it said before, or the list seems to change all the time, it may as well be at rest, and
 * the upstream contradict itself: from window to window, or since replicas of it differ. Readings younger than this then
 * stay, so that such an upstream is asked for each window a few times a second, not each time.
 */
const DOUBTED_MS = 1_000;
/** So many changes within that time are taken for such contradictions. */
const OFTEN = 3;

export function createListChanges(clock: Clock): ListChanges {
  /** By the identifier of a record: where it stands. */
  const places = new Map<string, Claim>();
  let total: Claim | undefined;
  let seenEnd: Claim | undefined;
  /** The newest reading that contradicts one before it. */
  let changedOrder = 0;
  /** When the last changes were seen, the oldest first. */
  let changedAtMs: readonly number[] = [];

  const hasChangedSince = ({ order }: Pick<Asked, 'order'>) => order < changedOrder;

  /** `isNews`: the window of the reading that was compared did not say so the last time. */
  function contradict(one: Asked, other: Asked, isNews: boolean): void {
    const [older, newer] = one.order < other.order ? [one, other] : [other, one];
    if (hasChangedSince(older)) return;
    const nowMs = clock.monotonicMs();
    const isOften = changedAtMs.length === OFTEN && nowMs - (changedAtMs[0] ?? 0) < DOUBTED_MS;
    if ((!isNews || isOften) && nowMs - older.askedAtMs < DOUBTED_MS) return;
    changedOrder = newer.order;
    changedAtMs = [...changedAtMs, nowMs].slice(-OFTEN);
  }

  /** Compares what a reading says with the newest of its kind, and gives which is the newest now. */
  function compared(known: Claim | undefined, said: Claim | undefined, isNews: boolean): Claim | undefined {
    if (known === undefined || said === undefined) return said ?? known;
    if (known.position !== said.position) contradict(known, said, isNews);
    return known.order < said.order ? said : known;
  }

  return {
    compare(reading, near) {
      const { asked, order, askedAtMs } = reading;
      const before = near.find((each) => isSameWindow(each.asked, asked) && each.order < order);
      const claim = (position: number | null | undefined): Claim | undefined =>
        typeof position === 'number' ? { position, order, askedAtMs } : undefined;

      total = compared(total, claim(reading.total), before?.total !== reading.total);
      const end = seenEndOf(reading);
      seenEnd = compared(seenEnd, claim(end), before === undefined || seenEndOf(before) !== end);
      const until = heldUntil(reading);
      const isBeyond = reading.records.length > 0 && seenEnd !== undefined && seenEnd.position < until;
      if (end === undefined && seenEnd !== undefined && isBeyond) {
        contradict(seenEnd, reading, before === undefined || heldUntil(before) < until);
        if (seenEnd.order < order) seenEnd = undefined;
      }

      if (!reading.isDense) return;
      const others = near.filter((other) => overlaps(other.asked, asked));
      for (const other of others) {
        const isGone = reading.reachesEnd && reading.total === null && until < heldUntil(other);
        if (isGone) contradict(other, reading, before === undefined || !before.reachesEnd);
      }
      for (const [index, { id }] of reading.records.entries()) {
        const position = asked.offset + index;
        const isNews = idAt(before, position) !== id;
        const place = places.get(id);
        if (place !== undefined && place.position !== position) contradict(place, reading, isNews);
        for (const other of others) {
          const otherId = idAt(other, position);
          if (otherId !== undefined && otherId !== id) contradict(other, reading, isNews);
        }
      }
    },

    hasChangedSince,

    placeOf(id) {
      const place = places.get(id);
      return place === undefined || hasChangedSince(place) ? undefined : place.position;
    },

    remember({ isDense, asked, records, order, askedAtMs }) {
      if (!isDense) return;
      for (const [index, { id }] of records.entries()) {
        if ((places.get(id)?.order ?? 0) > order) continue;
        places.set(id, { position: asked.offset + index, order, askedAtMs });
      }
    },

    forget({ records, order }) {
      for (const { id } of records) if (places.get(id)?.order === order) places.delete(id);
    },
  };
}

/** Where a reading saw the list end, if no total says it. An empty page only shows that the end is not behind it. */
function seenEndOf(reading: FetchedWindow): number | undefined {
  const isSeen = reading.total === null && reading.reachesEnd;
  return isSeen && (reading.records.length > 0 || reading.asked.offset === 0)
    ? heldUntil(reading)
    : undefined;
}

/** The identifier of the record that stands at `position`, where a reading says so. */
function idAt(reading: FetchedWindow | undefined, position: number): string | undefined {
  return reading?.isDense === true ? reading.records[position - reading.asked.offset]?.id : undefined;
}
