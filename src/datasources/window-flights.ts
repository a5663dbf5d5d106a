import { containsWindow, isSameWindow, stretchOf, type PageWindow } from './page-window.ts';
import type { Flight, Flights } from './single-flight.ts';
import { createStretchIndex } from './stretch-index.ts';

/** Flights of windows: one gives every window within its own. `maxPageSize` is the usual length of one. */
export function createWindowFlights<Value>(maxPageSize: number): Flights<PageWindow, Value> {
  const index = createStretchIndex<Flight<PageWindow, Value>>({
    stretchOf: ({ key }) => stretchOf(key),
    cellLength: maxPageSize,
  });
  return {
    add: index.add,
    delete: index.delete,
    find(window, isExact) {
      const gives = isExact ? isSameWindow : containsWindow;
      return index.near(window.offset).find(({ key }) => gives(key, window));
    },
  };
}
