import { deflateSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { ClipError } from '../errors.ts';
import { codecOf } from './codecs.ts';
import { decodeImage } from './decode.ts';
import { decodePixels as decodeInBrowser } from './pixel-decoder.browser.ts';
import { decodePixels as decodeInNode } from './pixel-decoder.node.ts';
import type { RgbImage } from './rgb-image.ts';
import { EQUAL, levelDifference } from './testing/level-difference.ts';
import {
  exifData,
  withApp1,
  withExif,
  withPngChunk,
  withWebpChunk,
  xmpPacket,
} from './testing/metadata.ts';
import { ORIENTATIONS, turned } from './testing/orientations.ts';
import { pictureOf, pixelAt, sampleFile, samplePicture } from './testing/sample-picture.ts';
import { SAMPLE_PNG, SEED_IMAGES } from './testing/seed-images.ts';

const JPEG = sampleFile('baseline.jpg');
/** The code and message that decoding fails with. */
async function failure(bytes: Uint8Array): Promise<string> {
  try {
    const { width, height } = await decodeImage(bytes);
    return `none, but a picture of ${width} × ${height}`;
  } catch (error) {
    if (error instanceof ClipError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

async function expectEqual(bytes: Uint8Array, expected: RgbImage): Promise<void> {
  expect(levelDifference(await decodeImage(bytes), expected)).toMatchObject(EQUAL);
}

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

describe('a damaged file', () => {
  test.each(SEED_IMAGES)(
    'that is $name cut short anywhere is a ClipError, or has its whole picture',
    async ({ bytes }) => {
      const whole = await decodeImage(bytes);
      for (let length = 0; length < bytes.length; length++) {
        const result = await decodeImage(bytes.slice(0, length)).catch((error: unknown) => error);
        if (result instanceof ClipError) continue;
        expect(result, `cut to ${length} of ${bytes.length} bytes`).toEqual(whole);
      }
    },
  );

  test('that is a JPEG of several scans without an EOI marker is refused: scans may be missing', async () => {
    const bytes = sampleFile('progressive.jpg');
    expect(await failure(bytes.subarray(0, bytes.length - 2))).toBe(
      'IMAGE_CORRUPT: the JPEG file is cut short: it ends before an EOI marker (0xffd9)',
    );
  });

  test.each([
    ['a JPEG without its EOI marker', JPEG.subarray(0, -2), JPEG],
    ['a JPEG with zeros for its EOI marker', padded(JPEG.subarray(0, -2), 100), JPEG],
    ['a PNG without its IEND chunk', SAMPLE_PNG.subarray(0, -12), SAMPLE_PNG],
    ['a PNG with half an IEND chunk', SAMPLE_PNG.subarray(0, -6), SAMPLE_PNG],
  ])('that has its whole picture is decoded: %s', async (_what, bytes, whole) => {
    await expectEqual(bytes, await decodeImage(whole));
  });

  test('that is a JPEG cut short and filled up with zeros is refused', async () => {
    for (let length = JPEG.length - 40; length < JPEG.length - 6; length++) {
      const result = await decodeImage(padded(JPEG.subarray(0, length), 500)).catch((e) => e);
      if (result instanceof ClipError) continue;
      expect(levelDifference(result, await decodeImage(JPEG))).toMatchObject(EQUAL);
    }
  });

  test('that is a JPEG with bytes behind its EOI marker is decoded', async () => {
    const garbage = Buffer.concat([JPEG, Buffer.from('\xff\xd8\xff\xe1 more', 'latin1')]);
    await expectEqual(new Uint8Array(garbage), await decodeImage(JPEG));
  });

  test('that is a JPEG of more than 100 scans is refused', async () => {
    const bytes = Buffer.from(JPEG);
    const scan = bytes.subarray(bytes.indexOf('ffda', 0, 'hex'), bytes.length - 2);
    const many = Buffer.concat([
      bytes.subarray(0, -2),
      ...Array(100).fill(scan),
      bytes.subarray(-2),
    ]);
    expect(await failure(many)).toContain('expected at most 100 scans');
  });

  test.each<[name: string, bytes: Uint8Array]>([
    ['JPEG', withoutSegments(JPEG, 0xdb)], // quantization tables
    ['WebP', zeroedFrom(sampleFile('lossless.webp'), 26)],
    ['AVIF', zeroedFrom(sampleFile('lossless.avif'), sampleFile('lossless.avif').length - 60)],
  ])(
    'whose header is right and whose data is not gives one clear line: %s',
    async (name, bytes) => {
      expect(await failure(bytes)).toBe(
        `IMAGE_CORRUPT: the ${name} file is damaged: its header is right, but its data does not decode`,
      );
    },
  );

  test('leaves the decoders working', async () => {
    await expectEqual(sampleFile('lossless.webp'), samplePicture());
    await expectEqual(sampleFile('lossless.avif'), samplePicture());
  });

  test('whose header lies about the size of an AVIF is refused', async () => {
    const file = Buffer.from(sampleFile('lossless.avif'));
    file.writeUInt32BE(5, file.indexOf('ispe') + 8);
    expect(await failure(file)).toMatch(/^IMAGE_CORRUPT: the AVIF file is damaged: /);
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

/** A JPEG whose segments of one kind are made comments. */
function withoutSegments(jpeg: Uint8Array, marker: number): Uint8Array {
  const file = Buffer.from(jpeg);
  const name = Buffer.from([0xff, marker]);
  for (let at = file.indexOf(name); at >= 0; at = file.indexOf(name, at)) file[at + 1] = 0xfe;
  return new Uint8Array(file);
}

function padded(bytes: Uint8Array, zeros: number): Uint8Array {
  return Uint8Array.from([...bytes, ...new Uint8Array(zeros)]);
}

function zeroedFrom(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.slice().fill(0, at);
}
