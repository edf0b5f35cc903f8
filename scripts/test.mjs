// `npm test` and its like: sets everything up, then runs vitest with the arguments of package.json and of
// whoever calls.
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { root, setUp } from './setup.mjs';

const node = setUp('all');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const result = spawnSync(node, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    // Tests that start `node` get the pinned one.
    PATH: `${join(node, '..')}${delimiter}${process.env.PATH}`,
    // Some hundred processes load the same packages: compiled once, they start in three quarters of the time.
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled'),
  },
});
process.exitCode = result.status ?? 1;
