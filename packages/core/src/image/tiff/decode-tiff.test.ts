/** Files by Pillow and tifffile, and what Pillow reads in them: see testing/make-bmp-and-tiff.py. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeImage } from '../decode.ts';
import { sniffImage } from '../sniff.ts';
import { EQUAL, levelDifference } from '../testing/level-difference.ts';
import { sampleFile } from '../testing/sample-picture.ts';

const files = readdirSync(new URL('../testing/files/tiff/', import.meta.url)).filter(
  (name) => !name.endsWith('.png'),
);

test.each(files)('%s has the very pixels that Pillow reads', async (name) => {
  const bytes = sampleFile(`tiff/${name}`);
  const expected = await decodeImage(sampleFile(`tiff/${name.replace(/\.\w+$/, '.png')}`));
  expect(sniffImage(bytes).format).toBe('tiff');
  expect(levelDifference(await decodeImage(bytes), expected)).toMatchObject(EQUAL);
});

const refusal = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

/** A TIFF of 13 × 7 pixels by Pillow, the fields of its directory changed. */
function changedTiff(name: string, changes: Readonly<Record<number, number>>): Uint8Array {
  const bytes = sampleFile(`tiff/${name}.tif`);
  const view = new DataView(bytes.buffer);
  const directory = view.getUint32(4, true);
  for (let i = 0; i < view.getUint16(directory, true); i++) {
    const at = directory + 2 + i * 12;
    const value = changes[view.getUint16(at, true)];
    if (value === undefined) continue;
    view.setUint16(at + 2, 4, true);
    view.setUint32(at + 4, 1, true);
    view.setUint32(at + 8, value, true);
  }
  return bytes;
}

describe('a TIFF that is refused', () => {
  test('has pages that follow each other in a loop', async () => {
    const bytes = sampleFile('tiff/two-pages.tif');
    const view = new DataView(bytes.buffer);
    const first = view.getUint32(4, true);
    const second = view.getUint32(first + 2 + 12 * view.getUint16(first, true), true);
    view.setUint32(second + 2 + 12 * view.getUint16(second, true), first, true);
    await expect(decodeImage(bytes)).rejects.toEqual(refusal('IMAGE_CORRUPT', 'in a loop'));
  });

  test.each<[name: string, changes: Record<number, number>, code: string, message: string]>([
    ['a fax', { 259: 4 }, 'IMAGE_UNSUPPORTED', 'LZW, deflate or JPEG, got compression 4'],
    [
      'in LAB',
      { 262: 8 },
      'IMAGE_UNSUPPORTED',
      'grey, palette, RGB or CMYK, got colours of kind 8',
    ],
    ['with a wide strip', { 256: 1_000_000 }, 'IMAGE_CORRUPT', 'bytes'],
    ['with strips beyond its end', { 273: 4000 }, 'IMAGE_CORRUPT', 'cut short'],
    [
      'that claims a billion pixels',
      { 256: 65_000, 257: 65_000, 278: 65_000 },
      'IMAGE_TOO_LARGE',
      '',
    ],
    ['of no rows', { 257: 0 }, 'IMAGE_CORRUPT', 'its size is 13 × 0'],
    ['with a strip of no rows', { 278: 0 }, 'IMAGE_CORRUPT', 'no pixels'],
    [
      'with fewer strips than it needs',
      { 278: 1 },
      'IMAGE_CORRUPT',
      'expected 7 values of field 273',
    ],
  ])('is %s', async (_name, changes, code, message) => {
    await expect(decodeImage(changedTiff('one-bit', changes))).rejects.toEqual(
      refusal(code, message),
    );
  });

  test('has samples of 32 bits', async () => {
    const bytes = changedTiff('palette-4-bits-packbits', { 258: 32 });
    await expect(decodeImage(bytes)).rejects.toEqual(
      refusal('IMAGE_UNSUPPORTED', '1, 2, 4, 8 or 16 bits'),
    );
  });

  test('has a palette shorter than its indices', async () => {
    const bytes = changedTiff('palette-4-bits-packbits', { 320: 0 });
    await expect(decodeImage(bytes)).rejects.toEqual(refusal('IMAGE_CORRUPT', 'palette'));
  });
});
