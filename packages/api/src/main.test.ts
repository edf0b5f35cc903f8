// These run the built command line: `npm test` builds it first.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { clipql, expectFailure } from './testing/command-line.ts';

const SHEEP = fileURLToPath(new URL('../examples/march-pastoral.jpg', import.meta.url));

test('embed writes the values, or an object with --json', async () => {
  const words = await clipql('embed', '--text', 'a photo of a dog.');
  expect(JSON.parse(words.stdout)).toHaveLength(256);
  const image = await clipql('embed', '--image', SHEEP, '--raw', '--json');
  expect(JSON.parse(image.stdout)).toMatchObject({
    image: SHEEP,
    dimensions: 256,
    normalized: false,
    model: 'lite',
    file: { width: 1024 },
  });
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

test('a misspelt flag is one line, with the flag that was meant', async () => {
  expectFailure(
    await clipql('serve', '--prot', '1'),
    /BAD_OPTION: unknown option '--prot'.*--port.* \(see clipql serve --help\)\n/,
  );
});
