/** What no one wrote by hand: generated files, damaged files and files that claim to be huge. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClipError } from '../errors.ts';
import { CODECS } from './codecs.ts';
import { decodeImage } from './decode.ts';
import { PngColour } from './png/png-file.ts';
import { sniffImage } from './sniff.ts';
import { writeGif } from './testing/gif-writer.ts';
import { idat, ihdr, pngOf } from './testing/png-writer.ts';
import { sampleFile } from './testing/sample-picture.ts';
import { SEED_IMAGES } from './testing/seed-images.ts';

const MAX_PIXELS = 1_000_000;
const MEBIBYTE = 1024 * 1024;

/** Beginnings that choose a reader; what follows is up to chance. */
const BEGINNINGS = [
  '\x89PNG\r\n\x1a\n',
  '\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR',
  '\xff\xd8\xff',
  '\xff\xd8\xff\xc0\0\x11\x08',
  'GIF87a',
  'GIF89a',
  'RIFF\0\0\0\0WEBPVP8 ',
  'RIFF\0\0\0\0WEBPVP8L',
  'RIFF\0\0\0\0WEBPVP8X',
  '\0\0\0\x18ftypavif',
  'BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0',
  'II*\0\x08\0\0\0\x0b\0\0\x01\x03\0\x01\0\0\0',
  'MM\0*\0\0\0\x08',
  '\0\0\0\x10ftypavis\0\0\0\0\0\0\0\x40meta',
  '',
].map((text) => Uint8Array.from(Buffer.from(text, 'latin1')));

/** Sniffs, and holds it to a sound answer or a ClipError, and to memory for neither. */
function expectSound(bytes: Uint8Array): void {
  const before = process.memoryUsage().arrayBuffers;
  try {
    const { width, height, decodedPixels } = sniffImage(bytes, { maxPixels: MAX_PIXELS });
    for (const size of [width, height]) expect(Number.isInteger(size) && size > 0).toBe(true);
    expect(decodedPixels).toBeGreaterThanOrEqual(width * height);
    expect(decodedPixels).toBeLessThanOrEqual(MAX_PIXELS);
  } catch (error) {
    if (!(error instanceof ClipError)) throw error;
    expect(error.code).toMatch(/^IMAGE_(UNSUPPORTED|TOO_LARGE|CORRUPT)$/);
    expect(error.message).not.toMatch(/[\r\n]/);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MEBIBYTE);
}

test('each format has a beginning and a bomb', () => {
  const begins = ({ recognizes }: (typeof CODECS)[number]) =>
    BEGINNINGS.some((bytes) => recognizes(Uint8Array.from([...bytes, ...new Uint8Array(64)])));
  expect(CODECS.filter((codec) => !begins(codec)).map(({ name }) => name)).toEqual([]);
  const isBombed = (title: string) => Object.keys(BOMBS).some((name) => name.endsWith(title));
  expect(CODECS.filter(({ title }) => !isBombed(title)).map(({ name }) => name)).toEqual([]);
});

test('any bytes are sniffed or refused', () => {
  const file = fc
    .tuple(fc.constantFrom(...BEGINNINGS), fc.uint8Array({ maxLength: 400 }))
    .map(([beginning, rest]) => Uint8Array.from([...beginning, ...rest]));
  fc.assert(fc.property(file, expectSound), { numRuns: 2_000 });
});

/** Bytes put over others, taken out, put in, or said again. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  length: fc.nat(40),
  kind: fc.constantFrom('overwrite', 'remove', 'insert', 'repeat'),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc.constantFrom(
      Uint8Array.of(0xff, 0xff, 0xff, 0xff),
      Uint8Array.of(0x7f, 0xff, 0xff, 0xff),
      Uint8Array.of(0x80, 0, 0, 0),
      Uint8Array.of(0, 0, 0, 0),
      Uint8Array.of(0, 0, 0, 1),
    ),
  ),
});

type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(file: Uint8Array, steps: readonly Damage[]): Uint8Array {
  return steps.reduce((bytes, { at, length, kind, bytes: put }) => {
    const start = Math.floor(at * bytes.length);
    const [head, tail] = [bytes.subarray(0, start), bytes.subarray(start)];
    if (kind === 'remove') return concat(head, tail.subarray(length));
    if (kind === 'insert') return concat(head, put, tail);
    if (kind === 'repeat') return concat(head, tail.subarray(0, length), tail);
    return concat(head, put, tail.subarray(put.length));
  }, file);
}

const concat = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts));

const damagedSeed = fc
  .tuple(fc.constantFrom(...SEED_IMAGES), fc.array(damage, { minLength: 1, maxLength: 6 }))
  .map(([{ bytes }, steps]) => damaged(bytes, steps));

test('damaged files are sniffed or refused', () => {
  fc.assert(fc.property(damagedSeed, expectSound), { numRuns: 3_000 });
});

test('damaged files are decoded within their size, or refused', async () => {
  await fc.assert(
    fc.asyncProperty(damagedSeed, async (bytes) => {
      const picture = await decodeImage(bytes, { maxPixels: MAX_PIXELS }).catch(
        (error: unknown) => error,
      );
      if (picture instanceof ClipError) return;
      const { width, height, channels, data } = picture as Awaited<ReturnType<typeof decodeImage>>;
      expect(data).toHaveLength(width * height * channels);
      expect(width * height).toBeLessThanOrEqual(MAX_PIXELS);
    }),
    { numRuns: 300 },
  );
});

test('a file cut short at any byte is sniffed or refused', () => {
  for (const { bytes } of SEED_IMAGES) {
    for (let length = 0; length < bytes.length; length++) expectSound(bytes.subarray(0, length));
  }
});

/** Where a seed's size is written, to write a larger one over it. */
function resized(name: string, marker: string, behind: number, write: (at: Buffer) => void) {
  const bytes = Buffer.from(sampleFile(name));
  const at = bytes.indexOf(marker, 0, 'latin1') + marker.length + behind;
  write(bytes.subarray(at));
  return new Uint8Array(bytes);
}

/** A small file of each format that claims this size. */
const BOMBS: Readonly<Record<string, (width: number, height: number) => Uint8Array>> = {
  PNG: (width, height) => {
    const content = { width, height, colourType: PngColour.rgb, bitDepth: 16 };
    return pngOf(ihdr(content), idat(new Uint8Array(64)));
  },
  GIF: (width, height) =>
    writeGif({
      screen: [width, height],
      frame: { x: 0, y: 0, width, height },
      palette: [
        [0, 0, 0],
        [1, 1, 1],
      ],
      indices: [0],
    }),
  JPEG: (width, height) =>
    resized('baseline.jpg', '\xff\xc0', 3, (at) => {
      at.writeUInt16BE(height, 0);
      at.writeUInt16BE(width, 2);
    }),
  'progressive JPEG': (width, height) =>
    resized('progressive.jpg', '\xff\xc2', 3, (at) => {
      at.writeUInt16BE(height, 0);
      at.writeUInt16BE(width, 2);
    }),
  'lossless WebP': (width, height) =>
    resized('lossless.webp', 'VP8L', 5, (at) => {
      at.writeUInt32LE(((width - 1) & 0x3fff) + ((height - 1) & 0x3fff) * 2 ** 14);
    }),
  BMP: (width, height) => {
    const bytes = Buffer.from(sampleFile('bmp/rle8.bmp'));
    bytes.writeInt32LE(width, 18);
    bytes.writeInt32LE(-height, 22);
    return new Uint8Array(bytes);
  },
  TIFF: (width, height) => {
    const bytes = Buffer.from(sampleFile('tiff/strips-lzw-predictor.tif'));
    const field = (tag: number, value: number) => {
      const at = bytes.indexOf(Buffer.from([tag & 255, tag >> 8, 4, 0])) + 2;
      bytes.writeUInt32LE(value, at + 6);
    };
    field(256, width);
    field(257, height);
    field(278, height);
    return new Uint8Array(bytes);
  },
  AVIF: (width, height) =>
    resized('lossless.avif', 'ispe', 4, (at) => {
      at.writeUInt32BE(width, 0);
      at.writeUInt32BE(height, 4);
    }),
};

test.each(Object.entries(BOMBS))(
  'a %s that claims any size above the limit is refused without the memory for it',
  async (_format, bombOf) => {
    // WebP has no more than 16,384 pixels a side.
    const side = fc.integer({ min: 6_000, max: 16_000 });
    await fc.assert(
      fc.asyncProperty(side, side, async (width, height) => {
        const bomb = bombOf(width, height);
        expect(bomb.length).toBeLessThan(4_000);
        const before = process.memoryUsage().arrayBuffers;
        await expect(decodeImage(bomb)).rejects.toEqual(
          expect.objectContaining({ code: expect.stringMatching(/^IMAGE_(TOO_LARGE|CORRUPT)$/) }),
        );
        expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MEBIBYTE);
      }),
      { numRuns: 50 },
    );
  },
);

test('a PNG whose data unpacks to far more than its pixels is refused, or decoded without it', async () => {
  const content = { width: 4, height: 4, colourType: PngColour.rgb, bitDepth: 8 };
  const bomb = pngOf(ihdr(content), idat(new Uint8Array(256 * MEBIBYTE)));
  const before = process.memoryUsage().arrayBuffers;
  const result = await decodeImage(bomb).catch((error: unknown) => error);
  if (!(result instanceof ClipError)) expect(result).toMatchObject({ width: 4, height: 4 });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * MEBIBYTE);
});
