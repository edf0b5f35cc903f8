import { describe, expect, test, vi } from 'vitest';
import { codecOf } from './codecs.ts';
import { decodeImage } from './decode.ts';
import { decodePixels as decodeInBrowser } from './pixel-decoder.browser.ts';
import { decodePixels as decodeInNode } from './pixel-decoder.node.ts';
import { expectEqual } from './testing/expect-equal.ts';
import { EQUAL, levelDifference } from './testing/level-difference.ts';
import { pictureOf, pixelAt, sampleFile, samplePicture } from './testing/sample-picture.ts';
import { SAMPLE_PNG, SEED_IMAGES } from './testing/seed-images.ts';

describe('decodeImage', () => {
  test.each([
    { name: 'a PNG', bytes: SAMPLE_PNG },
    { name: 'a lossless WebP', bytes: sampleFile('lossless.webp') },
    { name: 'a lossless AVIF', bytes: sampleFile('lossless.avif') },
    { name: 'the first picture of an AVIF sequence', bytes: sampleFile('sequence.avif') },
  ])('gives the very pixels of $name', async ({ bytes }) => {
    await expectEqual(bytes, samplePicture());
  });

  test('drops the alpha of a lossy WebP as Pillow does', async () => {
    const expected = await decodeImage(sampleFile('lossy-alpha.expected.png'));
    await expectEqual(sampleFile('lossy-alpha.webp'), expected);
  });

  test('is near Pillow for a lossy AVIF with alpha, whose chroma libraries widen in their own ways', async () => {
    const expected = await decodeImage(sampleFile('lossy-alpha.expected-avif.png'));
    const difference = levelDifference(await decodeImage(sampleFile('lossy-alpha.avif')), expected);
    expect(difference.mean, `largest at ${difference.where}`).toBeLessThan(0.5);
    expect(difference.largest, difference.where).toBeLessThanOrEqual(8);
  });

  test('puts the first frame of an animated WebP on its canvas, black around it', async () => {
    const picture = samplePicture();
    const expected = pictureOf(16, 9, (x, y) => {
      if (x < 4 || y < 2) return [0, 0, 0];
      const [red, green, blue] = pixelAt(picture, x - 4, y - 2);
      return [red!, green!, blue!];
    });
    await expectEqual(sampleFile('animated-offset.webp'), expected);
  });

  test('puts the tiles of an AVIF grid together', async () => {
    const expected = pictureOf(128, 64, (x) => (x < 64 ? [200, 30, 40] : [20, 60, 220]));
    await expectEqual(sampleFile('grid.avif'), expected);
  });

  test.each(['cmyk', 'cmyk-420', 'cmyk-422', 'cmyk-440', 'ycck-420'])(
    'is near Pillow for the JPEG %s, whose decoder rounds in another way',
    async (name) => {
      const expected = await decodeImage(sampleFile(`${name}.expected.png`));
      const difference = levelDifference(await decodeImage(sampleFile(`${name}.jpg`)), expected);
      expect(difference.mean, `largest at ${difference.where}`).toBeLessThan(0.1);
      expect(difference.largest, difference.where).toBeLessThanOrEqual(2);
    },
  );

  test('reads CMYK without Adobe’s marker as with it', async () => {
    const marked = Buffer.from(sampleFile('cmyk.jpg'));
    const at = marked.indexOf('ffee', 0, 'hex');
    const segment = 2 + marked.readUInt16BE(at + 2);
    const plain = Buffer.concat([marked.subarray(0, at), marked.subarray(at + segment)]);
    await expectEqual(new Uint8Array(plain), await decodeImage(marked));
  });

  test.each([1, 3])(
    'takes transform %i of Adobe’s marker as YCCK, as libjpeg does',
    async (transform) => {
      const ycck = Buffer.from(sampleFile('ycck-420.jpg'));
      const expected = await decodeImage(ycck);
      ycck[ycck.indexOf('Adobe') + 11] = transform;
      await expectEqual(new Uint8Array(ycck), expected);
    },
  );

  test('does not change the bytes it is given', async () => {
    for (const { bytes } of SEED_IMAGES) {
      const buffer = Buffer.from(bytes);
      await decodeImage(buffer);
      expect(buffer.equals(bytes)).toBe(true);
    }
  });

  test('decodes many files at once', async () => {
    const alone = await Promise.all(SEED_IMAGES.map(({ bytes }) => decodeImage(bytes)));
    const together = await Promise.all(
      [...SEED_IMAGES, ...SEED_IMAGES].map(({ bytes }) => decodeImage(bytes)),
    );
    expect(together).toEqual([...alone, ...alone]);
  });
});

describe('jimp', () => {
  test.each(SEED_IMAGES)(
    'gives for $name what the browser build gives without it',
    async ({ bytes, format }) => {
      const codec = codecOf(format);
      const { bytes: file } = await codec.readFile(bytes);
      const inNode = await decodeInNode(file, codec);
      vi.stubGlobal('Buffer', undefined);
      const inBrowser = await decodeInBrowser(file, codec).finally(() => vi.unstubAllGlobals());
      expect(levelDifference(inNode, inBrowser)).toMatchObject(EQUAL);
    },
  );
});
