import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // Node itself loads graphql's CommonJS entry; a test that loaded the other one would have two copies of it.
    alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }],
  },
  test: {
    include: ['**/*.test.ts', '**/*.test.tsx'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: ['test/support/second-try.ts'],
    pool: 'forks',
    // Few suites at once: the tests start real processes, and a laptop has few cores. One more than two, since many of them wait.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
