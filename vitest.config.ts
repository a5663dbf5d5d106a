import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // Vite would give our files graphql's ES build and the libraries its CommonJS build.
    // Two copies make every `instanceof GraphQLError` silently false.
    alias: { graphql: fileURLToPath(import.meta.resolve('graphql')) },
    // The example has an Apollo Client of its own once it is installed.
    dedupe: ['@apollo/client'],
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/restart/**', 'test/proxy/**', 'test/ship/**', 'test/tools/**'],
    // By default one core is left idle, which on a machine of two is half of it.
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
