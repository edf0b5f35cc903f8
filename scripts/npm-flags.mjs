// npm takes flags for its own unless two dashes stand before them: `npm start --port 4396` asks for port 4000.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

/** Where the settings are declared; nothing may be built yet. */
const SOURCES = ['server', 'access', 'limit', 'model'].map((what) => `${what}-options.ts`);

/**
 * The flags of `clipql serve` that npm has kept for itself, as they should have been given.
 *
 * @param {readonly string[]} given what npm passed on; `serve` takes flags alone.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} undefined where npm kept none.
 */
export function swallowedFlags(given, env) {
  const flags = settings().flatMap((setting) => {
    const name = setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const value = env[`npm_config_${name.replaceAll('-', '_')}`];
    if (value === undefined) return [];
    // The value of `--port 4396` is an argument to npm.
    return [`--${name} ${value === '' || value === 'true' ? '…' : value}`];
  });
  const isArgument = given.length > 0 && !given[0].startsWith('-');
  if (flags.length > 0) return flags.join(' ');
  return isArgument ? '--port 4000' : undefined;
}

/** Their names in camel case. */
function settings() {
  return SOURCES.flatMap((file) => {
    const source = readFileSync(join(root, 'packages', 'api', 'src', 'settings', file), 'utf8');
    return [...source.matchAll(/^ {2}(\w+): \{$/gm)].map(([, name]) => name);
  });
}
