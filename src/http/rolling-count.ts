import type { Clock } from '../clock.ts';

/** How many things of each kind happened within the last `periodMs`, to a tenth of it. */
export interface RollingCount<Kind extends string> {
  add(kind: Kind): void;
  /** The count of `kind` in that time. */
  of(kind: Kind): number;
  clear(): void;
}

const SLOTS = 10;

export function createRollingCount<Kind extends string>(clock: Clock, periodMs: number): RollingCount<Kind> {
  const slotMs = periodMs / SLOTS;
  /** By slot number, oldest first; never more than `SLOTS`. */
  const slots = new Map<number, Map<Kind, number>>();

  function current(): number {
    const slot = Math.floor(clock.monotonicMs() / slotMs);
    for (const old of slots.keys()) {
      if (old > slot - SLOTS) break;
      slots.delete(old);
    }
    return slot;
  }

  return {
    add(kind) {
      const slot = current();
      const counts = slots.get(slot) ?? new Map<Kind, number>();
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      slots.set(slot, counts);
    },
    of(kind) {
      current();
      return [...slots.values()].reduce((sum, counts) => sum + (counts.get(kind) ?? 0), 0);
    },
    clear: () => slots.clear(),
  };
}
