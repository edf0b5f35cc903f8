// These run the built command line: `npm test` builds it first.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import {
  type BadUse,
  CLIPQL,
  clipql,
  expectFailure,
  finished,
  startClipql,
} from './testing/command-line.ts';

const SHEEP = fileURLToPath(new URL('../examples/march-pastoral.jpg', import.meta.url));

/** A name that is longer than names can be is unknown without a network too. */
const UNKNOWN_HOST = `http://${'x'.repeat(64)}.test/a.jpg`;

const BAD_USES: readonly BadUse[] = [
  {
    what: 'an unknown host',
    args: ['classify', UNKNOWN_HOST, '--labels', 'a'],
    line: /IMAGE_FETCH_FAILED: .*unknown/,
  },
  { what: 'no image', args: ['classify', '--labels', 'a'], line: /BAD_OPTION: .*argument 'image'/ },
  {
    what: 'embed of nothing',
    args: ['embed'],
    line: /BAD_OPTION: expected --image, --text, --texts or --images/,
  },
  {
    what: 'embed of an image and a text',
    args: ['embed', '--image', 'a', '--text', 'b'],
    line: /BAD_OPTION: .*cannot be used with/,
  },
  {
    what: 'no command',
    args: [],
    line: /BAD_OPTION: expected a command: serve, .*classify, .*embed, index, search, duplicates/,
  },
  { what: 'an unknown command', args: ['nothing'], line: /BAD_OPTION: unknown command 'nothing'/ },
  {
    what: 'a mistyped command of a group that lists by default',
    args: ['collections', 'lst'],
    line: /BAD_OPTION: expected a command of collections: list, delete, export, import, [^\n]*, got 'lst'/,
  },
  {
    what: 'an invalid port',
    args: ['serve', '--port', 'x'],
    line: /BAD_OPTION: expected --port as a whole number/,
  },
  {
    what: 'more threads than there can be',
    args: ['serve', '--threads', '9999'],
    line: /BAD_OPTION: expected --threads as a whole number from 1 to \d+, this machine's processors, got "9999"\n/,
  },
  {
    what: 'an invalid address among others',
    args: ['serve', '--trust-proxies', '10.0.0.1,foo'],
    line: /BAD_OPTION: expected --trust-proxies as addresses with commas between them, [^\n]*, got "foo"\n/,
  },
  {
    what: 'an invalid origin',
    args: ['serve', '--cors-origins', 'foo'],
    line: /BAD_OPTION: expected --cors-origins as origins with commas between them, such as https:[^\n]*, got "foo"\n/,
  },
  {
    what: 'an API key itself, which is not shown',
    args: ['serve', '--api-keys', 'abc'],
    line: /BAD_OPTION: expected --api-keys as name:hash pairs [^\n]*, got one without a name and a colon\n/,
  },
  {
    what: 'an API key in place of its hash, which is not shown',
    args: ['serve', '--api-keys', 'app:xyz'],
    line: /BAD_OPTION: expected --api-keys as name:hash pairs [^\n]*, got something else after "app:"\n/,
  },
  {
    what: 'invalid hosts',
    args: ['serve', '--allow-hosts', 'a/b'],
    line: /BAD_OPTION: expected --allow-hosts as hosts with commas between them, [^\n]*, got "a\/b"\n/,
  },
];

test.each(BAD_USES)('$what', async ({ args, line }) => {
  expectFailure(await clipql(...args), line);
});

test('--help of each command has examples, and that of all says the exit codes', async () => {
  const { stdout } = await clipql('--help');
  expect(stdout).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}130, 143 /);
  const commands = [...stdout.matchAll(/^ {2}(\w+) .*\[options\]/gm)].map(([, name]) => name!);
  expect(commands).toEqual(expect.arrayContaining(['serve', 'classify', 'embed', 'doctor']));
  for (const command of commands) {
    const help = await clipql(command, '--help');
    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    expect(help.stdout).toMatch(new RegExp(`Examples:\n {2}\\$ clipql ${command}\\b`));
  }
});

test('a reader that goes away is no failure', async () => {
  const child = startClipql(['classify', SHEEP, '--labels', 'sheep,mountain']);
  child.stdout.destroy();
  expect(await finished(child)).toMatchObject({ exitCode: 0, stderr: '' });
});

const hasFullDevice = existsSync('/dev/full');

test.runIf(hasFullDevice).each([
  ['classify', ['classify', SHEEP, '--labels', 'sheep,mountain']],
  ['embed', ['embed', '--text', 'a']],
  ['--help', ['--help']],
])('%s into a full disk is one line and exit code 1', async (_, args) => {
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  const child = spawn(process.execPath, [CLIPQL, ...args], { stdio: ['ignore', full, 'pipe'] });
  const [stderr, [exitCode]] = await Promise.all([text(child.stderr!), once(child, 'exit')]);
  expect(stderr).toMatch(
    /^clipql: OUTPUT_UNWRITABLE: cannot write to standard output: ENOSPC[^\n]*\n$/,
  );
  expect(exitCode).toBe(1);
});

/** A settings file with this text, until the test ends. */
function settingsFile(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'clipql-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'clipql.json');
  writeFileSync(path, content);
  return path;
}

test('--config with a key that is no setting names that key first', async () => {
  const config = settingsFile('{ "prot": 1 }');
  expectFailure(
    await clipql('serve', '--config', config),
    /^clipql: BAD_OPTION: got "prot" in the settings file \S+clipql\.json, expected port\n/,
  );
});

test('invalid apiKeys in a settings file are told by their names alone', async () => {
  const config = settingsFile('{ "apiKeys": ["app:xyz"] }');
  expectFailure(
    await clipql('serve', '--config', config),
    /expected apiKeys in \S+ as name:hash pairs [^\n]*, got something else after "app:"\n/,
  );
});
