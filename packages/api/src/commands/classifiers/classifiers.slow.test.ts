// These run the built command line: `npm test` builds it first.
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clipql, expectFailure } from '../../testing/command-line.ts';
import { LITE, NANO } from '../../testing/models.ts';
import { picture } from '../../testing/pictures.ts';

const [RED, BLUE, GREEN] = [0xc00000, 0x0000a0, 0x00a000];

let root: string;
const at = (...names: readonly string[]) => join(root, ...names);
const run = (...args: readonly string[]) => clipql(...args, '--data', at('data'));
const write = async (folder: string, name: string, number: number) => {
  await mkdir(at(folder), { recursive: true });
  await writeFile(at(folder, name), picture(number));
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clipql-classifiers-'));
  await cp(NANO, at('mine'), { recursive: true });
  for (let i = 0; i < 3; i++) {
    await write('My Colours/red', `${i}.png`, RED + 3 * i);
    await write('My Colours/deep_blue', `${i}.png`, BLUE + 3 * i);
    await write('greens', `${i}.png`, GREEN + 3 * i);
  }
  await write('asked', 'red.png', RED + 20);
  await write('asked', 'green.png', GREEN + 20);
});

afterAll(() => rm(root, { recursive: true }));

test('a folder of folders becomes a classifier, which is asked with the model that taught it', async () => {
  await write('My Colours/deep_blue', 'again.png', BLUE);
  await write('My Colours/deep_blue', 'red too.png', RED);
  await writeFile(at('My Colours/red', 'broken.png'), 'this is no image');
  const created = await run(
    ...['classifiers', 'create', at('My Colours'), '--model', at('mine')],
    ...['--class', `other=${at('greens')}`, '--without-text', 'other', '--text', 'red=crimson'],
  );
  expect(created.exitCode).toBe(1);
  expect(created.stderr.split('\n').filter((line) => !line.includes(' of 12 images'))).toEqual([
    expect.stringMatching(
      /^clipql: CONTRADICTORY_EXAMPLE: .*blue\/red too\.png: .*"deep_blue" and in "red"$/,
    ),
    expect.stringMatching(
      /^clipql: CONTRADICTORY_EXAMPLE: .*red\/0\.png: .*"red" and in "deep_blue"$/,
    ),
    expect.stringMatching(/^clipql: IMAGE_UNSUPPORTED: .*red\/broken\.png: /),
    `clipql: warning: ${at('My Colours/deep_blue/again.png')} is in class deep_blue already, and is kept once`,
    expect.stringMatching(
      /^clipql: my-colours has 3 classes and 8 pictures, temperature \d\.\d\d$/,
    ),
    '',
  ]);
  const asked = await run('classify', at('asked'), '--classifier', 'my-colours', '--json');
  expect(asked.stderr).toMatch(/^clipql: probabilities are calibrated \(temperature \d\.\d\d\)\n$/);
  expect(JSON.parse(asked.stdout)).toMatchObject([
    { label: 'other', calibrated: true, temperature: expect.any(Number), model: 'mine' },
    { label: 'red', calibrated: true },
  ]);
});

test('pictures are removed by their bytes, whatever they are called, and added again', async () => {
  await rename(at('greens', '0.png'), at('greens', 'renamed.png'));
  const removed = await run(
    'classifiers',
    'remove',
    'my-colours',
    at('greens', 'renamed.png'),
    'a'.repeat(64),
  );
  expect(removed.stderr).toBe(
    `clipql: warning: ${'a'.repeat(64)} is no picture of my-colours\nclipql: 1 picture removed from my-colours\n`,
  );
  const show = async () =>
    JSON.parse((await run('classifiers', 'show', 'my-colours', '--json')).stdout);
  expect(await show()).toMatchObject({
    classes: [
      { label: 'deep_blue', texts: ['deep blue'], pictures: 3 },
      { label: 'red', texts: ['crimson'], pictures: 2 },
      { label: 'other', texts: [], pictures: 2 },
    ],
  });
  const added = await run('classifiers', 'add', 'my-colours', '--class', `other=${at('greens')}`);
  expect(added.stderr).toMatch(/ 8 pictures/);
  const { pictures } = await show();
  expect(pictures.at(-1)).toMatchObject({ label: 'other', source: at('greens', 'renamed.png') });
  expect((await run('classifiers')).stdout).toMatch(
    /^name +classes +pictures +temperature +model\nmy-colours +3 +8 +\d\.\d\d +mine\n$/,
  );
});

test('what cannot be done is one line, and a mistyped name deletes nothing', async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ['classifiers', 'create', '--name', 'x'],
      /BAD_OPTION: expected a folder or --class, got neither/,
    ],
    [
      ['classifiers', 'create', '--class', 'a'],
      /BAD_OPTION: expected --class as LABEL=PATH, got "a"/,
    ],
    [
      ['classifiers', 'create', '--text', 'a=b', '--name', 'x'],
      /BAD_INPUT: expected at least 2 classes, got 1/,
    ],
    [
      ['classifiers', 'create', at('asked')],
      /NO_IMAGES: expected a folder of pictures for each class/,
    ],
    [['classifiers', 'create', at('My Colours')], /CLASSIFIER_EXISTS/],
    [['classify', at('asked'), '--classifier', 'none'], /UNKNOWN_CLASSIFIER: .*known: my-colours/],
    [
      ['classify', at('asked'), '--classifier', 'my-colours', '--labels', 'a'],
      /BAD_OPTION: expected --classifier without/,
    ],
    [
      ['classify', at('asked'), '--classifier', 'my-colours', '--model', LITE],
      /expected mine \([0-9a-f]{12}\), with which my-colours was taught, got lite \([0-9a-f]{12}\)/,
    ],
    [['classifiers', 'delete', 'my-colours', 'other'], /UNKNOWN_CLASSIFIER/],
  ];
  for (const [args, line] of cases) expectFailure(await run(...args), line);
  expect((await run('classifiers', 'delete', 'my-colours')).stderr).toBe(
    'clipql: my-colours is deleted\n',
  );
  expect(JSON.parse((await run('classifiers', 'list', '--json')).stdout)).toEqual([]);
});
