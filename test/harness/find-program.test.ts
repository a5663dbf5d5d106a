import { expect, test } from 'vitest';
import { findProgram, usualPaths } from '../support/find-program.ts';

test('a machine without a program is told how to get one', () => {
  expect(() => findProgram('haproxy', ['/nowhere/x', '/neither/x'], 'Install it.')).toThrow(
    'There is no haproxy that this user may run. Install it.',
  );
});

test('a program is found on the path', () => {
  expect(findProgram('sh', usualPaths('sh'), '')).toMatch(/\/sh$/);
});
