// These run the built command line: `npm test` builds it first.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  type BadUse,
  clipql,
  expectFailure,
  finished,
  startClipql,
} from './testing/command-line.ts';

const SHEEP = fileURLToPath(new URL('../examples/march-pastoral.jpg', import.meta.url));

test('embed writes the values, or an object with --json', async () => {
  const text = await clipql('embed', '--text', 'a photo of a dog.');
  expect(JSON.parse(text.stdout)).toHaveLength(128);
  const image = await clipql('embed', '--image', SHEEP, '--raw', '--json');
  expect(JSON.parse(image.stdout)).toMatchObject({
    image: SHEEP,
    dimensions: 128,
    normalized: false,
    model: 'nano',
    file: { width: 1024 },
  });
});

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
    line: /BAD_OPTION: expected --image, --text or --images/,
  },
  {
    what: 'embed of an image and a text',
    args: ['embed', '--image', 'a', '--text', 'b'],
    line: /BAD_OPTION: .*cannot be used with/,
  },
  {
    what: 'no command',
    args: [],
    line: /BAD_OPTION: expected a command: serve, classify, embed, doctor/,
  },
  { what: 'an unknown command', args: ['nothing'], line: /BAD_OPTION: unknown command 'nothing'/ },
  {
    what: 'a misspelt flag',
    args: ['serve', '--prot', '1'],
    line: /BAD_OPTION: unknown option '--prot'.*--port/,
  },
  {
    what: 'a port that is none',
    args: ['serve', '--port', 'x'],
    line: /BAD_OPTION: expected --port as a whole number/,
  },
  {
    what: 'hosts that are none',
    args: ['serve', '--allow-hosts', 'a/b'],
    line: /BAD_OPTION: expected --allow-hosts as hosts/,
  },
];

test.each(BAD_USES)('$what', async ({ args, line }) => {
  expectFailure(await clipql(...args), line);
});

test('--help and --version write to standard output', async () => {
  const help = await clipql('--help');
  expect(help).toMatchObject({
    exitCode: 0,
    stderr: '',
    stdout: expect.stringContaining('Examples:'),
  });
  const version = await clipql('--version');
  expect(version).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
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
