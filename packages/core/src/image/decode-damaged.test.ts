import { describe, expect, test } from 'vitest';
import { ClipError } from '../errors.ts';
import { decodeImage } from './decode.ts';
import type { RgbImage } from './rgb-image.ts';
import { expectEqual } from './testing/expect-equal.ts';
import { EQUAL, levelDifference } from './testing/level-difference.ts';
import { sampleFile, samplePicture } from './testing/sample-picture.ts';
import { SAMPLE_PNG, SEED_IMAGES } from './testing/seed-images.ts';

const JPEG = sampleFile('baseline.jpg');
const FLAT = sampleFile('flat.jpg');

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
    ['a JPEG without its EOI marker that ends in zeros', FLAT.subarray(0, -2), FLAT],
    ['a PNG without its IEND chunk', SAMPLE_PNG.subarray(0, -12), SAMPLE_PNG],
    ['a PNG with half an IEND chunk', SAMPLE_PNG.subarray(0, -6), SAMPLE_PNG],
    ['a PNG without its last checksum', SAMPLE_PNG.subarray(0, -14), SAMPLE_PNG],
    ['a PNG without the checksum of its zlib stream', SAMPLE_PNG.subarray(0, -18), SAMPLE_PNG],
    ['a PNG with zeros for its end', padded(SAMPLE_PNG.subarray(0, -14), 500), SAMPLE_PNG],
    ['a PNG with zeros for half an IEND chunk', padded(SAMPLE_PNG.subarray(0, -6), 6), SAMPLE_PNG],
  ])('that has its whole picture is decoded: %s', async (_what, bytes, whole) => {
    await expectEqual(bytes, await decodeImage(whole));
  });

  test.each([
    ['a JPEG', JPEG],
    ['a JPEG with restart markers', sampleFile('restarts.jpg')],
    ['a JPEG of CMYK', sampleFile('cmyk.jpg')],
    ['a PNG', SAMPLE_PNG],
  ])('that is %s cut short, and maybe filled up with zeros, is refused', async (_what, whole) => {
    const picture = await decodeImage(whole);
    expect(whole.at(-3)).not.toBe(0);
    for (let length = whole.length - 60; length < whole.length - 2; length++) {
      for (const zeros of [0, whole.length - length, 500]) {
        const file = padded(whole.subarray(0, length), zeros);
        const result = await decodeImage(file).catch((error: unknown) => error);
        if (result instanceof ClipError) continue;
        const difference = levelDifference(result as RgbImage, picture);
        expect(difference, `cut to ${length} bytes, with ${zeros} zeros`).toMatchObject(EQUAL);
      }
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
