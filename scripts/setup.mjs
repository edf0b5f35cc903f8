// Installs and builds, as far as it has not been done yet, with nothing but Node 20.19 and npm.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The least Node that can start pnpm; the pinned one runs everything else. */
const MINIMUM_NODE = [20, 19];

/** What each command needs: serving does without benchmarks, linters and test tools. */
const SCOPES = {
  serve: ['--filter', '.', '--filter', '@clipql/api...'],
  all: [],
};

/** What the first build makes; later ones take a second. */
const COMMAND = join(root, 'packages', 'api', 'dist', 'main.js');

const STAMP = join(root, 'node_modules', '.clipql-installed.json');

/**
 * Makes the repository ready to run: dependencies for this scope, then a build of what they cover.
 *
 * @param {keyof typeof SCOPES} scope
 * @returns {string} the path of the pinned Node.
 */
export function setUp(scope) {
  checkNode();
  if (!isInstalled(scope)) install(scope);
  const node = pinnedNode();
  if (existsSync(COMMAND)) build(node, scope);
  else timed('building', 'built', () => build(node, scope));
  return node;
}

/** Ends the process with one line on standard error. */
export function fail(message, exitCode = 1) {
  console.error(`clipql: ${message}`);
  process.exit(exitCode);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [minimumMajor, minimumMinor] = MINIMUM_NODE;
  if (major > minimumMajor || (major === minimumMajor && minor >= minimumMinor)) return;
  fail(`expected Node ${MINIMUM_NODE.join('.')} or later, got ${process.versions.node}`);
}

/** Changes whenever an install could give something else. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) {
    hash.update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

function isInstalled(scope) {
  if (!existsSync(STAMP) || !existsSync(pinnedNode())) return false;
  const stamp = JSON.parse(readFileSync(STAMP, 'utf8'));
  return stamp.fingerprint === fingerprint() && (stamp.scope === 'all' || stamp.scope === scope);
}

function install(scope) {
  const what = scope === 'all' ? 'everything' : 'what serving needs';
  timed(`installing (${what})`, 'installed', () => {
    pnpm([
      'install',
      '--frozen-lockfile',
      '--prefer-offline',
      '--reporter',
      'append-only',
      ...SCOPES[scope],
    ]);
    mkdirSync(dirname(STAMP), { recursive: true });
    writeFileSync(STAMP, JSON.stringify({ fingerprint: fingerprint(), scope }));
  });
}

/** Says what begins, and how long it took. */
function timed(doing, done, work) {
  console.error(`clipql: ${doing} …`);
  const started = Date.now();
  work();
  console.error(`clipql: ${done} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** Runs the pnpm that package.json pins, which npm's own npx brings. */
function pnpm(args) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const result = spawnSync('npx', ['--yes', packageManager, ...args], {
    cwd: root,
    // For production pnpm would leave out the pinned Node and the compiler.
    env: { ...process.env, CI: 'true', NODE_ENV: 'development', npm_config_loglevel: 'error' },
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (result.error) fail(`npx cannot be run: ${result.error.message}`);
  if (result.status !== 0) {
    console.error(`${result.stdout}${result.stderr}`.trimEnd());
    fail(`installing failed; what ${packageManager} said is above`);
  }
}

function pinnedNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(root, 'node_modules', 'node', 'bin', name);
}

function build(node, scope) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const packages = scope === 'all' ? ['core', 'api', 'bench'] : ['core', 'api'];
  const projects = packages.map((name) => join(root, 'packages', name));
  // Standard output stays free for the command's own results.
  const stdio = ['ignore', 2, 2];
  const result = spawnSync(node, [compiler, '-b', ...projects], { cwd: root, stdio });
  if (result.status !== 0) fail('the build failed; what the compiler said is above');
}
