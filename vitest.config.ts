import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    conditions: ['clipql-source'],
    // By the name alone vitest would load a second copy of graphql beside the one yoga loads.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  ssr: { resolve: { conditions: ['clipql-source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tools/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
