import { writePng } from '../../../core/src/image/testing/png-writer.ts';

/** A small PNG of one colour, another for each number up to 2²⁴. */
export function picture(number: number): Uint8Array {
  const pixel = [number >> 16, (number >> 8) & 0xff, number & 0xff];
  return writePng({ width: 16, height: 16, colourType: 2, bitDepth: 8, pixel: () => pixel });
}
