import type { Stretch } from './page-window.ts';

/** Things that each have a stretch of the list, found by position. */
export interface StretchIndex<Item> {
  add(item: Item): void;
  delete(item: Item): void;
  /** The items in the cell of `position`, in the order they were added. */
  near(position: number): readonly Item[];
  /** The items in a cell of `stretch`, each once. */
  around(stretch: Stretch): readonly Item[];
}

export interface StretchIndexOptions<Item> {
  readonly stretchOf: (item: Item) => Stretch;
  /** The list is cut into cells of this length: about that of a usual stretch. */
  readonly cellLength: number;
}

export function createStretchIndex<Item>(options: StretchIndexOptions<Item>): StretchIndex<Item> {
  const { stretchOf, cellLength } = options;
  const cells = new Map<number, Set<Item>>();

  const cellOf = (position: number) => Math.floor(position / cellLength);

  function cellsOf({ offset, length }: Stretch): readonly number[] {
    const first = cellOf(offset);
    const last = cellOf(offset + Math.max(length, 1) - 1);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  }

  return {
    add(item) {
      for (const cell of cellsOf(stretchOf(item))) {
        const items = cells.get(cell);
        if (items === undefined) cells.set(cell, new Set([item]));
        else items.add(item);
      }
    },

    delete(item) {
      for (const cell of cellsOf(stretchOf(item))) {
        const items = cells.get(cell);
        items?.delete(item);
        if (items?.size === 0) cells.delete(cell);
      }
    },

    near: (position) => [...(cells.get(cellOf(position)) ?? [])],

    around: (stretch) => [...new Set(cellsOf(stretch).flatMap((cell) => [...(cells.get(cell) ?? [])]))],
  };
}
