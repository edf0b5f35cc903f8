/** Files by Pillow, and what Pillow reads in them: see testing/make-bmp-and-tiff.py. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeImage } from '../decode.ts';
import { sniffImage } from '../sniff.ts';
import { EQUAL, levelDifference } from '../testing/level-difference.ts';
import { sampleFile } from '../testing/sample-picture.ts';

const files = readdirSync(new URL('../testing/files/bmp/', import.meta.url)).filter(
  (name) => !name.endsWith('.png'),
);

test.each(files)('%s has the very pixels that Pillow reads', async (name) => {
  const bytes = sampleFile(`bmp/${name}`);
  const expected = await decodeImage(sampleFile(`bmp/${name.replace(/\.\w+$/, '.png')}`));
  expect(sniffImage(bytes).format).toBe('bmp');
  expect(levelDifference(await decodeImage(bytes), expected)).toMatchObject(EQUAL);
});

test('a BMP that holds a JPEG is refused by that name of its kind', async () => {
  const bytes = sampleFile('bmp/rgb.bmp');
  bytes[30] = 4;
  await expect(decodeImage(bytes)).rejects.toEqual(
    expect.objectContaining({
      code: 'IMAGE_UNSUPPORTED',
      message: expect.stringContaining('got kind 4'),
    }),
  );
});

test('a text that begins with BM is no BMP', () => {
  const text = new TextEncoder().encode('BMP files are described below');
  expect(() => sniffImage(text)).toThrow('got text');
});
