import { expect, test } from 'vitest';
import { findChromium } from '../support/chromium.ts';

test('a machine without Chromium is told how to get one', () => {
  expect(() => findChromium('/nowhere/chromium')).toThrow(
    'There is no Chromium at /nowhere/chromium. Install one (`apt-get install chromium`), or set CHROMIUM_PATH to where it is.',
  );
});
