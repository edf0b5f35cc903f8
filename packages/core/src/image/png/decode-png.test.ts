import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { EQUAL, levelDifference } from '../testing/level-difference.ts';
import {
  filteredRows,
  idat,
  ihdr,
  type PngContent,
  pngChunk,
  pngOf,
  writePng,
} from '../testing/png-writer.ts';
import { pictureOf, pixelAt } from '../testing/sample-picture.ts';
import { decodePng } from './decode-png.ts';
import { PngColour } from './png-file.ts';

const [WIDTH, HEIGHT] = [19, 13];
const corrupt = (message: string) =>
  expect.objectContaining({ code: 'IMAGE_CORRUPT', message: expect.stringContaining(message) });

/** A sample of so many bits that depends on its place. */
const sample = (bits: number, x: number, y: number, which: number): number =>
  (x * 2654435761 + y * 40503 + which * 97) % 2 ** bits;

describe.each([false, true])('a PNG, interlaced: %s', (interlaced) => {
  test.each([1, 2, 4, 8, 16])('of grey with %i bits is spread over 0 to 255', async (bitDepth) => {
    const grey = (x: number, y: number) => sample(bitDepth, x, y, 0);
    const file = writePng({
      width: WIDTH,
      height: HEIGHT,
      colourType: PngColour.grey,
      bitDepth,
      interlaced,
      pixel: (x, y) => [grey(x, y)],
    });
    const expected = pictureOf(WIDTH, HEIGHT, (x, y) => {
      const value = bitDepth === 16 ? grey(x, y) >> 8 : (grey(x, y) * 255) / (2 ** bitDepth - 1);
      return [value, value, value];
    });
    expect(levelDifference(await decodePng(file), expected)).toMatchObject(EQUAL);
  });

  test.each([1, 2, 4, 8])('with a palette of %i bits has its colours', async (bitDepth) => {
    const colours = Uint8Array.from({ length: 3 * 2 ** bitDepth }, (_, i) => i * 91);
    const index = (x: number, y: number) => sample(bitDepth, x, y, 0);
    const file = writePng({
      width: WIDTH,
      height: HEIGHT,
      colourType: PngColour.palette,
      bitDepth,
      interlaced,
      pixel: (x, y) => [index(x, y)],
      // Every colour transparent: alpha is dropped.
      chunks: [pngChunk('PLTE', colours), pngChunk('tRNS', new Uint8Array(2 ** bitDepth))],
    });
    const expected = pictureOf(WIDTH, HEIGHT, (x, y) => {
      const at = index(x, y) * 3;
      return [colours[at]!, colours[at + 1]!, colours[at + 2]!];
    });
    expect(levelDifference(await decodePng(file), expected)).toMatchObject(EQUAL);
  });

  test.each([
    { colourType: PngColour.rgb, bitDepth: 8 },
    { colourType: PngColour.rgb, bitDepth: 16 },
    { colourType: PngColour.rgba, bitDepth: 8 },
    { colourType: PngColour.rgba, bitDepth: 16 },
    { colourType: PngColour.greyAlpha, bitDepth: 8 },
    { colourType: PngColour.greyAlpha, bitDepth: 16 },
  ])(
    'of colour type $colourType with $bitDepth bits keeps the colour of transparent pixels',
    async ({ colourType, bitDepth }) => {
      const colours = colourType === PngColour.greyAlpha ? 1 : 3;
      const value = (x: number, y: number, channel: number) =>
        sample(bitDepth, x, y, Math.min(channel, colours - 1));
      const file = writePng({
        width: WIDTH,
        height: HEIGHT,
        colourType,
        bitDepth,
        interlaced,
        pixel: (x, y) => [
          ...Array.from({ length: colours }, (_, channel) => value(x, y, channel)),
          ...(colourType === PngColour.rgb ? [] : [0]),
        ],
      });
      const high = (x: number, y: number, channel: number) =>
        value(x, y, channel) >> (bitDepth - 8);
      const expected = pictureOf(WIDTH, HEIGHT, (x, y) => [
        high(x, y, 0),
        high(x, y, 1),
        high(x, y, 2),
      ]);
      expect(levelDifference(await decodePng(file), expected)).toMatchObject(EQUAL);
    },
  );

  test('of any size up to 9 × 9 is complete, even where passes are empty', async () => {
    for (let width = 1; width <= 9; width++) {
      for (let height = 1; height <= 9; height++) {
        const pixel = (x: number, y: number) => [x * 20, y * 20, 77] as const;
        const content = {
          width,
          height,
          colourType: PngColour.rgb,
          bitDepth: 8,
          interlaced,
          pixel,
        };
        const decoded = await decodePng(writePng(content));
        expect(levelDifference(decoded, pictureOf(width, height, pixel))).toMatchObject(EQUAL);
      }
    }
  });
});

const CONTENT: PngContent = {
  width: 40,
  height: 30,
  colourType: PngColour.rgb,
  bitDepth: 8,
  pixel: (x, y) => [x * 6, y * 8, 9],
};

describe('decodePng', () => {
  test('keeps the colour that tRNS calls transparent', async () => {
    const chunks = [pngChunk('tRNS', Uint8Array.of(0, 6, 0, 8, 0, 9))];
    expect(pixelAt(await decodePng(writePng({ ...CONTENT, chunks })), 1, 1)).toEqual([6, 8, 9]);
  });

  test('takes a palette index beyond the palette as black', async () => {
    const file = writePng({
      width: 2,
      height: 1,
      colourType: PngColour.palette,
      bitDepth: 8,
      pixel: (x) => [x],
      chunks: [pngChunk('PLTE', Uint8Array.of(1, 2, 3))],
    });
    const decoded = await decodePng(file);
    expect([pixelAt(decoded, 0, 0), pixelAt(decoded, 1, 0)]).toEqual([
      [1, 2, 3],
      [0, 0, 0],
    ]);
  });

  test('reads data that is split over many IDAT chunks, and stops at the last row', async () => {
    const data = Buffer.concat([deflateSync(filteredRows(CONTENT)), Buffer.from('more')]);
    const pieces = Array.from(data, (byte) => pngChunk('IDAT', Uint8Array.of(byte)));
    const decoded = await decodePng(pngOf(ihdr(CONTENT), ...pieces));
    expect(pixelAt(decoded, 39, 29)).toEqual([234, 232, 9]);
  });

  test('refuses data that ends early, though all chunks are whole', async () => {
    const rows = filteredRows(CONTENT);
    const short = pngOf(ihdr(CONTENT), idat(rows.subarray(0, rows.length - 1)));
    await expect(decodePng(short)).rejects.toThrow(corrupt('ends before 40 × 30 pixels'));

    const cut = deflateSync(rows);
    const file = pngOf(ihdr(CONTENT), pngChunk('IDAT', cut.subarray(0, cut.length / 2)));
    await expect(decodePng(file)).rejects.toThrow(corrupt('the PNG file is'));
  });

  test('refuses damaged data rather than returning memory that was never written', async () => {
    for (let i = 0; i < 50; i++) {
      const file = pngOf(ihdr(CONTENT), pngChunk('IDAT', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, i)));
      await expect(decodePng(file)).rejects.toThrow(corrupt('its data does not inflate'));
    }
  });

  test('refuses a chunk whose checksum is wrong', async () => {
    const file = writePng(CONTENT);
    file[file.length - 30]! ^= 1;
    await expect(decodePng(file)).rejects.toThrow(corrupt('the checksum of the IDAT chunk'));
  });

  test('refuses a row filter that does not exist', async () => {
    const rows = filteredRows(CONTENT);
    rows[0] = 5;
    const file = pngOf(ihdr(CONTENT), idat(rows));
    await expect(decodePng(file)).rejects.toThrow(
      corrupt('expected a row filter of 0 to 4, got 5'),
    );
  });

  test.each([false, true])(
    'does not inflate more than the picture has (interlaced: %s)',
    async (interlaced) => {
      const bomb = idat(new Uint8Array(300_000_000));
      const before = process.memoryUsage().rss;
      await decodePng(pngOf(ihdr({ ...CONTENT, interlaced }), bomb));
      expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
    },
  );

  test('does not look into text and profiles, so that no bomb in them is inflated', async () => {
    const garbage = Buffer.from('Comment\0\0 this is no zlib stream');
    const chunks = ['zTXt', 'iCCP', 'iTXt'].map((type) => pngChunk(type, garbage));
    const decoded = await decodePng(writePng({ ...CONTENT, chunks }));
    expect(pixelAt(decoded, 39, 29)).toEqual([234, 232, 9]);
  });
});
