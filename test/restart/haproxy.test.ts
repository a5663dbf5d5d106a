import { expect, test } from 'vitest';
import { findHaproxy } from '../support/haproxy.ts';

test('a machine without haproxy is told how to get one', () => {
  expect(() => findHaproxy(['/nowhere', '/neither'])).toThrow(
    'There is no haproxy in /nowhere, /neither. Install it (Debian: `apt-get install haproxy`).',
  );
});
