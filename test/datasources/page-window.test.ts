import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { containsWindow, mergeWindows, type PageWindow } from '../../src/datasources/page-window.ts';

const windows = fc.array(fc.record({ offset: fc.nat(60), limit: fc.nat(30) }), { maxLength: 8 });

function positions({ offset, limit }: PageWindow): number[] {
  return Array.from({ length: limit }, (_, index) => offset + index);
}

test('overlapping and adjacent windows become one, as far as one call may be long', () => {
  const parts = [
    { offset: 20, limit: 20 },
    { offset: 0, limit: 20 },
    { offset: 30, limit: 5 },
    { offset: 50, limit: 10 },
  ];
  const windowsOf = (maxLimit: number) =>
    mergeWindows(parts, maxLimit).map(({ offset, limit }) => ({ offset, limit }));
  expect(windowsOf(100)).toEqual([
    { offset: 0, limit: 40 },
    { offset: 50, limit: 10 },
  ]);
  expect(windowsOf(39)).toEqual([
    { offset: 0, limit: 20 },
    { offset: 20, limit: 20 },
    { offset: 50, limit: 10 },
  ]);
});

test('fifty windows of 20, five apart, become the three that cover them', () => {
  const parts = Array.from({ length: 50 }, (_, index) => ({ offset: index * 5, limit: 20 }));
  expect(mergeWindows(parts, 100)).toHaveLength(3);
});

test('merged windows hold the positions of the given ones and no others, and each its parts', () => {
  fc.assert(
    fc.property(windows, fc.integer({ min: 30, max: 90 }), (given, maxLimit) => {
      const merged = mergeWindows(given, maxLimit);
      expect(new Set(merged.flatMap(positions))).toEqual(new Set(given.flatMap(positions)));
      expect(merged.flatMap(({ parts }) => parts)).toHaveLength(
        given.filter(({ limit }) => limit > 0).length,
      );
      for (const each of merged) {
        expect(each.limit).toBeLessThanOrEqual(maxLimit);
        expect(each.parts.every((part) => containsWindow(each, part))).toBe(true);
      }
    }),
  );
});

test('without a bound that matters a gap lies between any two merged windows', () => {
  fc.assert(
    fc.property(windows, (given) => {
      const merged = mergeWindows(given, 1_000);
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
