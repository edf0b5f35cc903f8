import { describe, expect, test } from 'vitest';
import type { Orientation } from './exif-orientation.ts';
import { oriented } from './orient.ts';
import { EQUAL, levelDifference } from './testing/level-difference.ts';
import { ORIENTATIONS, turned } from './testing/orientations.ts';
import { samplePicture } from './testing/sample-picture.ts';

describe('oriented', () => {
  test.each(ORIENTATIONS)('turns orientation %i upright, over several blocks', (orientation) => {
    // 75 × 70 pixels: no whole number of blocks of 32.
    const image = samplePicture(75, 70);
    expect(levelDifference(oriented(image, orientation), turned(image, orientation))).toMatchObject(
      EQUAL,
    );
  });

  test('returns the very picture where nothing is to be done', () => {
    const image = samplePicture();
    expect(oriented(image, 1 satisfies Orientation)).toBe(image);
  });
});
