// `npm test`: sets everything up, then runs all the tests; further arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { root, setUp } from './setup.mjs';

const node = setUp('all');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const result = spawnSync(node, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  // Tests that start `node` get the pinned one.
  env: { ...process.env, PATH: `${join(node, '..')}${delimiter}${process.env.PATH}` },
});
process.exitCode = result.status ?? 1;
