import { describe, expect, test } from 'vitest';
import { decodePng } from '../png/decode-png.ts';
import { type GifContent, writeGif } from '../testing/gif-writer.ts';
import { EQUAL, levelDifference } from '../testing/level-difference.ts';
import { pictureOf, pixelAt, sampleFile } from '../testing/sample-picture.ts';
import { decodeGif } from './decode-gif.ts';

const PALETTE = [
  [10, 20, 30],
  [200, 0, 0],
  [0, 200, 0],
  [0, 0, 200],
] as const;

const CONTENT: GifContent = {
  screen: [6, 5],
  frame: { x: 2, y: 1, width: 3, height: 2 },
  palette: PALETTE,
  indices: [1, 2, 3, 3, 2, 1],
};

describe('decodeGif', () => {
  test('decodes what Pillow wrote, interlaced, as Pillow does', async () => {
    const decoded = decodeGif(sampleFile('interlaced.gif'));
    const expected = await decodePng(sampleFile('interlaced.expected.png'));
    expect(levelDifference(decoded, expected)).toMatchObject(EQUAL);
  });

  test('puts the frame on the canvas, the palette’s first colour around it', () => {
    const decoded = decodeGif(writeGif(CONTENT));
    const expected = pictureOf(6, 5, (x, y) => {
      const inside = x >= 2 && x < 5 && y >= 1 && y < 3;
      return PALETTE[inside ? CONTENT.indices[(y - 1) * 3 + x - 2]! : 0]!;
    });
    expect(levelDifference(decoded, expected)).toMatchObject(EQUAL);
  });

  test('gives transparent pixels their palette colour, around the frame too', () => {
    const decoded = decodeGif(writeGif({ ...CONTENT, transparent: 2 }));
    expect(pixelAt(decoded, 0, 0)).toEqual(PALETTE[2]);
    expect(pixelAt(decoded, 3, 1)).toEqual(PALETTE[2]);
  });

  test('makes the canvas larger for a frame that reaches beyond the screen', () => {
    const { width, height } = decodeGif(writeGif({ ...CONTENT, screen: [0, 0] }));
    expect([width, height]).toEqual([5, 3]);
  });

  test('prefers the frame’s own palette', () => {
    const localPalette = [
      [1, 1, 1],
      [9, 8, 7],
    ] as const;
    const decoded = decodeGif(writeGif({ ...CONTENT, localPalette }));
    expect(pixelAt(decoded, 2, 1)).toEqual([9, 8, 7]);
    expect(pixelAt(decoded, 3, 1), 'an index beyond it').toEqual([0, 0, 0]);
  });

  test('takes indices as greys where there is no palette', () => {
    const { palette: _, ...content } = CONTENT;
    expect(pixelAt(decodeGif(writeGif(content)), 3, 1)).toEqual([2, 2, 2]);
  });

  test('orders the rows of an interlaced frame', () => {
    const frame = { x: 0, y: 0, width: 1, height: 10 };
    const order = [0, 8, 4, 2, 6, 1, 3, 5, 7, 9];
    const { palette: _, ...content } = CONTENT;
    const decoded = decodeGif(
      writeGif({ ...content, screen: [1, 10], frame, indices: order, interlaced: true }),
    );
    for (let y = 0; y < 10; y++) expect(pixelAt(decoded, 0, y)).toEqual([y, y, y]);
  });

  test('refuses a frame whose data has too few pixels, though the file is whole', () => {
    const file = writeGif({ ...CONTENT, indices: [1, 2, 3] });
    expect(() => decodeGif(file)).toThrow('its frame ends at 3 of 6 pixels');
  });

  test('takes the first pixels of a frame whose data has too many', () => {
    const file = writeGif({ ...CONTENT, indices: [...CONTENT.indices, 3, 3, 3] });
    expect(levelDifference(decodeGif(file), decodeGif(writeGif(CONTENT)))).toMatchObject(EQUAL);
  });
});
