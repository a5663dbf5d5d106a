import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { containsWindow, mergeWindows, type PageWindow } from '../../src/datasources/page-window.ts';

const windows = fc.array(fc.record({ offset: fc.nat(60), limit: fc.nat(30) }), { maxLength: 8 });

function positions({ offset, limit }: PageWindow): number[] {
  return Array.from({ length: limit }, (_, index) => offset + index);
}

test('overlapping and adjacent windows become one', () => {
  expect(
    mergeWindows([
      { offset: 20, limit: 20 },
      { offset: 0, limit: 20 },
      { offset: 30, limit: 5 },
      { offset: 50, limit: 10 },
    ]),
  ).toEqual([
    { offset: 0, limit: 40 },
    { offset: 50, limit: 10 },
  ]);
});

test('merged windows hold the positions of the given ones, no others, and none twice', () => {
  fc.assert(
    fc.property(windows, (given) => {
      const merged = mergeWindows(given).flatMap(positions);
      expect(merged).toEqual([...new Set(given.flatMap(positions))].toSorted((a, b) => a - b));
    }),
  );
});

test('merged windows are as few as possible: a gap lies between any two', () => {
  fc.assert(
    fc.property(windows, (given) => {
      const merged = mergeWindows(given);
      for (const [index, window] of merged.slice(1).entries()) {
        const before = merged[index];
        expect(window.offset).toBeGreaterThan((before?.offset ?? 0) + (before?.limit ?? 0));
      }
    }),
  );
});

test('a window contains another exactly when it has all of its positions', () => {
  const window = fc.record({ offset: fc.nat(12), limit: fc.integer({ min: 1, max: 6 }) });
  fc.assert(
    fc.property(window, window, (outer, inner) => {
      const has = new Set(positions(outer));
      expect(containsWindow(outer, inner)).toBe(positions(inner).every((position) => has.has(position)));
    }),
  );
});
