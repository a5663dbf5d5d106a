import type { PageWindow } from './page-window.ts';

/**
 * Finds windows by where they are. Each is filed under every stretch of `stretchLength` positions it touches,
 * so that a look-up reads one stretch's windows, however many there are elsewhere.
 */
export interface WindowIndex<Item extends PageWindow> {
  add(item: Item): void;
  delete(item: Item): void;
  /** The items that touch the stretch of `position`, in the order they were added. */
  near(position: number): readonly Item[];
  /** The items that touch a stretch of `window`, each once. */
  around(window: PageWindow): readonly Item[];
}

export function createWindowIndex<Item extends PageWindow>(stretchLength: number): WindowIndex<Item> {
  const stretches = new Map<number, Set<Item>>();

  const stretchOf = (position: number) => Math.floor(position / stretchLength);

  function stretchesOf({ offset, limit }: PageWindow): readonly number[] {
    const first = stretchOf(offset);
    const last = stretchOf(offset + Math.max(limit, 1) - 1);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  }

  return {
    add(item) {
      for (const stretch of stretchesOf(item)) {
        const items = stretches.get(stretch);
        if (items === undefined) stretches.set(stretch, new Set([item]));
        else items.add(item);
      }
    },

    delete(item) {
      for (const stretch of stretchesOf(item)) {
        const items = stretches.get(stretch);
        items?.delete(item);
        if (items?.size === 0) stretches.delete(stretch);
      }
    },

    near: (position) => [...(stretches.get(stretchOf(position)) ?? [])],

    around: (window) => [
      ...new Set(stretchesOf(window).flatMap((stretch) => [...(stretches.get(stretch) ?? [])])),
    ],
  };
}
