import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defaultDataFolder, temporaryDataFolder } from './data-folder.ts';

test.each([
  ['linux', {}, '/home/ada/.local/share/clipql'],
  ['linux', { XDG_DATA_HOME: '/data' }, '/data/clipql'],
  ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ada/.local/share/clipql'],
  ['linux', { XDG_DATA_HOME: '' }, '/home/ada/.local/share/clipql'],
  ['freebsd', { XDG_DATA_HOME: '/data' }, '/data/clipql'],
  ['darwin', { XDG_DATA_HOME: '/data' }, '/home/ada/Library/Application Support/clipql'],
  ['win32', { LOCALAPPDATA: '/local' }, '/local/clipql'],
  ['win32', {}, '/home/ada/AppData/Local/clipql'],
] as const)('on %s with %j data is in %s', (platform, env, folder) => {
  expect(defaultDataFolder(env, platform, '/home/ada')).toBe(folder);
});

test('a temporary folder is there until it is closed', async () => {
  const folder = await temporaryDataFolder();
  expect(existsSync(folder.path)).toBe(true);
  await folder.close();
  expect(existsSync(folder.path)).toBe(false);
});
