import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { comparePixels } from './pixels.ts';
import { readPreprocessFolder } from './preprocess-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-pixels-'));
  for (const part of ['in', 'expected']) await mkdir(join(folder, part));
});
afterEach(() => rm(folder, { recursive: true }));

const put = (file: string) => writeFile(join(folder, file), 'not an image');

describe('readPreprocessFolder', () => {
  test('pairs each expected image with its input, and names the inputs left over', async () => {
    for (const file of ['in/a.b.jpg', 'in/c.png', 'expected/a.b.32.png']) await put(file);
    expect(await readPreprocessFolder(folder)).toEqual({
      cases: [
        {
          name: 'a.b.32',
          input: join(folder, 'in', 'a.b.jpg'),
          expected: join(folder, 'expected', 'a.b.32.png'),
          size: 32,
        },
      ],
      unused: ['c.png'],
    });
  });

  test('takes what is squashed, where the folder has it, with the filter of its name', async () => {
    await mkdir(join(folder, 'squashed'));
    const names = ['in/a.png', 'expected/a.32.png', 'squashed/a.64.bilinear.png'];
    for (const file of names) await put(file);
    const { cases } = await readPreprocessFolder(folder);
    expect(cases.map(({ name, size, squash }) => [name, size, squash])).toEqual([
      ['a.32', 32, undefined],
      ['a.64.bilinear', 64, 'bilinear'],
    ]);
    await put('squashed/b.64.cubic.png');
    await expect(readPreprocessFolder(folder)).rejects.toMatchObject({
      code: 'CASE_INVALID',
      message: expect.stringContaining('expected a name like NAME.64.bicubic.png'),
    });
  });

  test.each([
    ['no expected image', ['in/a.png'], 'expected/ is empty'],
    ['a name without a size', ['in/a.png', 'expected/a.png'], 'expected a name like NAME.224.png'],
    ['an input that is missing', ['expected/a.32.png'], 'expected one image in/a.*, got 0'],
    [
      'two inputs of a name',
      ['in/a.png', 'in/a.jpg', 'expected/a.32.png'],
      'expected one image in/a.*, got 2',
    ],
  ])('refuses %s', async (_, files, problem) => {
    for (const file of files) await put(file);
    await expect(readPreprocessFolder(folder)).rejects.toMatchObject({
      code: 'CASE_INVALID',
      message: expect.stringContaining(problem),
    });
  });

  test('an expected file that is not an image is bad input', async () => {
    for (const file of ['in/a.png', 'expected/a.32.png']) await put(file);
    const { cases } = await readPreprocessFolder(folder);
    await expect(comparePixels(cases[0]!)).rejects.toMatchObject({ code: 'CASE_INVALID' });
  });
});
