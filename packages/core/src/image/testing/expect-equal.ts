import { expect } from 'vitest';
import { decodeImage } from '../decode.ts';
import type { RgbImage } from '../rgb-image.ts';
import { EQUAL, levelDifference } from './level-difference.ts';

/** Expects a file to decode to the very pixels of a picture. */
export async function expectEqual(bytes: Uint8Array, expected: RgbImage): Promise<void> {
  expect(levelDifference(await decodeImage(bytes), expected)).toMatchObject(EQUAL);
}
