// `npm start`: sets up what serving needs, then runs `clipql serve` with the flags it was given.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { swallowedFlags } from './npm-flags.mjs';
import { fail, root, setUp } from './setup.mjs';

const flags = process.argv.slice(2);
const swallowed = swallowedFlags(flags, process.env);
if (swallowed !== undefined) fail(`flags go behind two dashes: npm start -- ${swallowed}`, 2);
const node = setUp(asksForGpu() ? 'all' : 'serve');
const command = join(root, 'packages', 'api', 'bin', 'clipql.js');
const server = spawn(node, [...nodeFlags(), command, 'serve', ...flags], { stdio: 'inherit' });

// A signal from the terminal reaches the server as well, which takes two at once for one.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));

// A signal to npm ends npm and the shell between, and does not get here; but then the parent changes.
const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(watch);
  server.kill('SIGTERM');
}, 500);

server.on('exit', (code, signal) => {
  clearInterval(watch);
  process.exitCode = code ?? (signal === null ? 1 : 0);
});

/** What the script `clipql` gives to Node: docs/adr/0010-v8-settings.md. */
function nodeFlags() {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return scripts.clipql.split(' ').filter((part) => part.startsWith('--'));
}

/** WebGPU for Node is 130 MB, which serving on the CPU does without. */
function asksForGpu() {
  const at = flags.indexOf('--backend');
  const joined = flags.find((flag) => flag.startsWith('--backend='))?.slice('--backend='.length);
  const backend = at >= 0 ? flags[at + 1] : (joined ?? process.env.CLIPQL_BACKEND);
  return backend === 'gpu' || backend === 'auto';
}
