import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeImage } from './decode.ts';
import { resizedAndCropped } from './preprocess.ts';
import type { RgbImage } from './rgb-image.ts';
import { EQUAL, type LevelDifference, levelDifference } from './testing/level-difference.ts';

/** What OpenAI's preprocessing gives up to normalisation, made with Pillow. */
const REFERENCE = new URL('../../../bench/reference/preprocess/', import.meta.url);
const SIZES = [224, 48];

const inputs = readdirSync(new URL('in/', REFERENCE)).sort();
const read = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, REFERENCE)));

describe.each(inputs)('%s', (name) => {
  test.each(SIZES)('resized and cropped to %i pixels is what Pillow gives', async (size) => {
    const actual = await preprocessed(read(`in/${name}`), size);
    const stem = name.replace(/\.\w+$/, '');
    const difference = levelDifference(
      actual,
      await decodeImage(read(`expected/${stem}.${size}.png`)),
    );
    if (name.startsWith('cmyk')) expectNear(difference);
    else expect(difference).toMatchObject(EQUAL);
  });
});

/** pdf.js's decoder, which decodes CMYK, rounds its inverse transform in another way than libjpeg. */
function expectNear(difference: LevelDifference): void {
  expect(difference.mean, `the largest difference is at ${difference.where}`).toBeLessThan(0.1);
  expect(difference.largest, `at ${difference.where}`).toBeLessThanOrEqual(2);
}

async function preprocessed(bytes: Uint8Array, size: number): Promise<RgbImage> {
  return resizedAndCropped(await decodeImage(bytes), {
    resize: { shortestEdge: size },
    filter: 'bicubic',
    crop: size,
    fill: [0, 0, 0],
  });
}
