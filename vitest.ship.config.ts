import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

export default defineConfig({
  ...base,
  test: {
    include: ['test/ship/**/*.test.ts'],
    testTimeout: 240_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
