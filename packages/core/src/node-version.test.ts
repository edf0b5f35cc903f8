import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Imports an entry of the package in a process that takes itself for another version of Node. */
function importUnder(version: string, entry: string): string {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const args = ['--conditions=clipql-source', '--import', `data:text/javascript,${pretend}`];
  const program = ['--input-type=module', '--eval', `import '${entry}'`];
  const { stderr } = spawnSync(process.execPath, [...args, ...program], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  return stderr;
}

test.each(['@clipql/core', '@clipql/core/node'])(
  'an older Node is refused with a sentence, not a stack, when it imports %s',
  (entry) => {
    const said = importUnder('22.18.0', entry);
    expect(said).toContain('[Error: @clipql/core: expected Node 22.19 or later, got 22.18.0]');
    expect(said).not.toMatch(/^ +at /m);
    expect(importUnder('22.19.0', entry)).toBe('');
  },
);

test('engines in package.json says the same', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(engines.node).toBe('>=22.19');
});
