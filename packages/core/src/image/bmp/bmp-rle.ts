import type { ByteReader } from '../byte-reader.ts';

/** What a second byte means behind a count of 0; from 3 on, that many pixels follow as they are. */
const END_OF_ROW = 0;
const END = 1;
const STEP = 2;

/**
 * Unpacks run-length encoded rows of 4 or 8 bits a pixel to palette indices of a byte each
 * (Microsoft, "Bitmap compression"). What the file steps over, and what is behind its end mark, has
 * index 0, as in Pillow.
 *
 * @param rows - [height, stride] is filled, in the file's order of rows
 * @throws ClipError IMAGE_CORRUPT when the data ends before the picture and its end mark.
 */
export function unpackRle(
  reader: ByteReader,
  start: number,
  { width, height, bits }: { width: number; height: number; bits: number },
  rows: Uint8Array,
): void {
  const stride = rows.length / height;
  const indexAt = bits === 8 ? (at: number, i: number) => reader.u8(at + i) : nibbleAt;
  let [x, y] = [0, 0];
  /** Puts `count` pixels; beyond the row's end they are dropped. */
  const put = (count: number, index: (i: number) => number): void => {
    for (let i = 0; i < count && x < width; i++) rows[y * stride + x++] = index(i);
  };
  for (let at = start; y < height; ) {
    const isComplete = y === height - 1 && x === width;
    if (isComplete && at + 2 > reader.length) return;
    const [count, value] = [reader.u8(at), reader.u8(at + 1)];
    at += 2;
    if (count > 0) {
      put(count, bits === 8 ? () => value : (i) => nibble(value, i));
    } else if (value === END_OF_ROW) {
      [x, y] = [0, y + 1];
    } else if (value === END) {
      return;
    } else if (value === STEP) {
      x = Math.min(width, x + reader.u8(at));
      y += reader.u8(at + 1);
      at += 2;
    } else {
      put(value, (i) => indexAt(at, i));
      const length = Math.ceil((value * bits) / 8);
      at += length + (length % 2);
    }
  }

  function nibbleAt(at: number, i: number): number {
    return nibble(reader.u8(at + (i >> 1)), i);
  }
}

/** The pixels of a byte alternate: the high half first. */
export const nibble = (byte: number, i: number): number => (i % 2 === 0 ? byte >> 4 : byte & 15);
