// `npm start` as npm runs it, with what npm puts into the environment. Nothing is installed or started.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { MODEL_OPTIONS } from './model-options.ts';
import { flagOf } from './option.ts';
import { SERVER_OPTIONS } from './server-options.ts';

const START = fileURLToPath(new URL('../../../../scripts/start.mjs', import.meta.url));

function start(args: readonly string[], npm: Readonly<Record<string, string>>) {
  const env = { ...process.env, ...npm };
  // Were it not refused, a server would run on.
  const options = { env, encoding: 'utf8', timeout: 120_000 } as const;
  const { status, stderr } = spawnSync(process.execPath, [START, ...args], options);
  return { status, stderr };
}

const refused = (flags: string) => ({
  status: 2,
  stderr: `clipql: flags go behind two dashes: npm start -- ${flags}\n`,
});

test.each([
  { given: '--port=4396', args: [], npm: { npm_config_port: '4396' }, flags: '--port 4396' },
  { given: '--cache-mib=1', args: [], npm: { npm_config_cache_mib: '1' }, flags: '--cache-mib 1' },
  { given: '--port 4396', args: ['4396'], npm: { npm_config_port: 'true' }, flags: '--port …' },
  { given: '4396', args: ['4396'], npm: {}, flags: '--port 4000' },
])('npm start $given says where flags go', ({ args, npm, flags }) => {
  expect(start(args, npm)).toEqual(refused(flags));
});

test('each flag of the server is seen when npm takes it', () => {
  const flags = Object.keys({ ...SERVER_OPTIONS, ...MODEL_OPTIONS }).map(flagOf);
  const npm = flags.map((flag) => [`npm_config_${flag.slice(2).replaceAll('-', '_')}`, 'x']);
  const { status, stderr } = start([], Object.fromEntries(npm));
  expect([status, stderr.match(/--[\w-]+(?= x)/g)?.sort()]).toEqual([2, flags.sort()]);
});
