import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeImage } from './decode.ts';
import type { RgbImage } from './rgb-image.ts';
import { expectEqual } from './testing/expect-equal.ts';
import {
  exifData,
  withApp1,
  withExif,
  withPngChunk,
  withWebpChunk,
  xmpPacket,
} from './testing/metadata.ts';
import { ORIENTATIONS, turned } from './testing/orientations.ts';
import { sampleFile, samplePicture } from './testing/sample-picture.ts';
import { SAMPLE_PNG } from './testing/seed-images.ts';

const JPEG = sampleFile('baseline.jpg');

describe.each(ORIENTATIONS)('EXIF orientation %i', (orientation) => {
  const exif = exifData(orientation);

  test('turns a JPEG', async () => {
    await expectEqual(withExif(JPEG, exif), turned(await decodeImage(JPEG), orientation));
  });

  test('turns a PNG', async () => {
    await expectEqual(withPngChunk(SAMPLE_PNG, 'eXIf', exif), turned(samplePicture(), orientation));
  });

  test('turns a WebP', async () => {
    const bytes = withWebpChunk(sampleFile('lossless.webp'), 'EXIF', exif);
    await expectEqual(bytes, turned(samplePicture(), orientation));
  });

  test('given by XMP alone turns a JPEG, a PNG and a WebP', async () => {
    const xmp = xmpPacket(orientation);
    const data = Buffer.from(xmp);
    await expectEqual(
      withApp1(JPEG, `http://ns.adobe.com/xap/1.0/\0${xmp}`),
      turned(await decodeImage(JPEG), orientation),
    );
    const itxt = Buffer.from(`XML:com.adobe.xmp\0\0\0\0\0${xmp}`);
    await expectEqual(withPngChunk(SAMPLE_PNG, 'iTXt', itxt), turned(samplePicture(), orientation));
    await expectEqual(
      withWebpChunk(sampleFile('lossless.webp'), 'XMP ', data),
      turned(samplePicture(), orientation),
    );
  });
});

describe('an orientation that Pillow finds', () => {
  const exif = exifData(6);
  const onItsSide = async (bytes: Uint8Array, stored: RgbImage) =>
    expectEqual(bytes, turned(stored, 6));
  const rawProfile = `\nexif\n      ${exif.length}\n${Buffer.from(exif).toString('hex')}\n`;
  const keyword = 'Raw profile type exif\0';

  test.each([
    ['tEXt', Buffer.from(`${keyword}${rawProfile}`)],
    ['zTXt', Buffer.concat([Buffer.from(`${keyword}\0`), deflateSync(rawProfile)])],
    ['iTXt', Buffer.concat([Buffer.from(`${keyword}\x01\0en\0\0`), deflateSync(rawProfile)])],
    [
      'iTXt',
      Buffer.concat([Buffer.from('XML:com.adobe.xmp\0\x01\0\0\0'), deflateSync(xmpPacket(6))]),
    ],
  ])('turns a PNG that has it in a %s chunk', async (type, data) => {
    await onItsSide(withPngChunk(SAMPLE_PNG, type, data), samplePicture());
  });

  test('turns a PNG by the last of several eXIf chunks', async () => {
    const file = withPngChunk(withPngChunk(SAMPLE_PNG, 'eXIf', exif), 'eXIf', exifData(3));
    await onItsSide(file, samplePicture());
  });

  test('in a WebP counts where the VP8X chunk announces it, as in libwebp', async () => {
    const webp = sampleFile('lossless.webp');
    await expectEqual(withWebpChunk(webp, 'EXIF', exif, 0), samplePicture());
    await expectEqual(withWebpChunk(webp, 'EXIF', exif, 0x04), samplePicture());
    await onItsSide(withWebpChunk(webp, 'EXIF', exif, 0x08), samplePicture());
  });

  test('in a text that unpacks to far more than a text has is not looked for', async () => {
    const bomb = Buffer.concat([
      Buffer.from(`${keyword}\0`),
      deflateSync(Buffer.alloc(2 ** 26, 10)),
    ]);
    await expectEqual(withPngChunk(SAMPLE_PNG, 'zTXt', bomb), samplePicture());
  });

  test('turns a JPEG whose EXIF data goes on in a second segment', async () => {
    const parts = [exif.subarray(0, 12), exif.subarray(12)];
    const segments = parts.map((part) => Buffer.concat([Buffer.from('Exif\0\0'), part]));
    await onItsSide(withApp1(JPEG, ...segments), await decodeImage(JPEG));
  });

  test('turns a JPEG by its last XMP packet', async () => {
    const packets = ['<x:xmpmeta/>', xmpPacket(6)].map(
      (xmp) => `http://ns.adobe.com/xap/1.0/\0${xmp}`,
    );
    await onItsSide(withApp1(JPEG, ...packets), await decodeImage(JPEG));
  });
});

describe('an AVIF', () => {
  test('is turned by its XMP packet where neither boxes nor EXIF say how', async () => {
    const file = Buffer.from(sampleFile('exif-and-xmp.avif'));
    const upright = Buffer.from(file);
    upright.write('1', upright.indexOf('tiff:Orientation="') + 'tiff:Orientation="'.length);
    const stored = await decodeImage(new Uint8Array(upright));
    expect(stored).toMatchObject({ width: 12, height: 7 });
    await expectEqual(new Uint8Array(file), turned(stored, 6));
  });

  // Orientations as libavif names the turns; checked against Pillow 12.3.
  test.each([
    { quarters: 0, axis: 0, orientation: 4 },
    { quarters: 1, axis: 0, orientation: 5 },
    { quarters: 2, axis: 0, orientation: 2 },
    { quarters: 3, axis: 0, orientation: 7 },
    { quarters: 0, axis: 1, orientation: 2 },
    { quarters: 1, axis: 1, orientation: 7 },
    { quarters: 2, axis: 1, orientation: 4 },
    { quarters: 3, axis: 1, orientation: 5 },
  ] as const)(
    'is turned by $quarters quarters, then mirrored on axis $axis',
    async ({ quarters, axis, orientation }) => {
      const file = Buffer.from(sampleFile('turned.avif'));
      file[file.indexOf('irot') + 4] = quarters;
      file[file.indexOf('imir') + 4] = axis;
      await expectEqual(new Uint8Array(file), turned(samplePicture(), orientation));
    },
  );
});
