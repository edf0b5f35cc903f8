import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REFERENCE } from '../kit/folders.ts';
import { comparePixels } from './pixels.ts';

const image = (file: string) => join(REFERENCE, 'preprocess', file);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-pixels-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('comparePixels', () => {
  test.each([
    ['an image mirrored', 'exif-1-380x260', 'exif-2-380x260'],
    ['an image on its side', 'exif-1-380x260', 'exif-6-380x260'],
  ])('fails for %s', async (_, input, expected) => {
    const { row, detail } = await comparePixels({
      name: 'turned',
      input: image(`in/${input}.jpg`),
      expected: image(`expected/${expected}.48.png`),
      size: 48,
    });
    expect(row.passed, detail).toBe(false);
  });

  test('an input that core refuses is a failed row with the reason', async () => {
    const input = join(folder, 'text.png');
    await writeFile(input, 'not an image');
    const expected = image('expected/gray.48.png');
    const { row, detail } = await comparePixels({ name: 'text', input, expected, size: 48 });
    expect(row.passed).toBe(false);
    expect(detail).toMatch(/^IMAGE_UNSUPPORTED: /);
  });

  test('an expected image of another size is bad input', async () => {
    const file = image('expected/gray.48.png');
    const pixelCase = { name: 'gray', input: image('in/gray.jpg'), expected: file, size: 224 };
    await expect(comparePixels(pixelCase)).rejects.toMatchObject({
      code: 'CASE_INVALID',
      message: `${file}: expected 224×224, got 48×48`,
    });
  });
});
