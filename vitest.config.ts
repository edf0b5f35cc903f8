import { globSync, readFileSync } from 'node:fs';
import { configDefaults, defineConfig } from 'vitest/config';

const TESTS = ['packages/*/{src,page}/**/*.test.ts', 'tools/*.test.ts'];
const SLOW = TESTS.map((pattern) => pattern.replace('.test.ts', '.slow.test.ts'));

/** Tests that change or measure what all files of a process share; each has a process of its own. */
const ALONE = globSync(TESTS, { exclude: ['**/node_modules/**'] }).filter((file) =>
  /\bvi\.(mock|stubGlobal|stubEnv)\(|memoryUsage|getHeapStatistics|\bgc\(/.test(
    readFileSync(file, 'utf8'),
  ),
);

const project = (name: string, include: string[], exclude: string[], isolate: boolean) => ({
  extends: true as const,
  test: { name, include, exclude: [...configDefaults.exclude, ...exclude], isolate },
});

export default defineConfig({
  resolve: {
    conditions: ['clipql-source'],
    // By the name alone vitest would load a second copy of graphql beside the one yoga loads.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  ssr: { resolve: { conditions: ['clipql-source'] } },
  test: {
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // On a busy machine anything may take long; a test that passes does not wait for it.
    expect: { poll: { timeout: 180_000 } },
    // One core would be left idle, and many tests wait for a process.
    maxWorkers: '100%',
    unstubGlobals: true,
    projects: [
      // Files that share a process load GraphQL, core and the kernels once: half of the time.
      project('fast', TESTS, [...SLOW, ...ALONE], false),
      project('fast, alone', ALONE, SLOW, true),
      // Browsers, packing, peers, full-size models, load: `npm run test:slow`.
      project('slow', SLOW, [], true),
    ],
  },
});
