import { describe, expect, test } from 'vitest';
import {
  croppedRegion,
  type PreprocessConfig,
  preprocessImage,
  resizedAndCropped,
} from './preprocess.ts';
import type { RgbImage } from './rgb-image.ts';
import { pictureOf, pixelAt } from './testing/sample-picture.ts';

/** OpenAI's numbers, at a small size. */
const CONFIG: PreprocessConfig = {
  resize: { shortestEdge: 16 },
  filter: 'bicubic',
  crop: 16,
  fill: [0, 0, 0],
  rescaleFactor: 1 / 255,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

/** A picture whose red is its column and whose green is its row. */
const places = (width: number, height: number): RgbImage =>
  pictureOf(width, height, (x, y) => [x, y, 0]);

describe('resizedAndCropped', () => {
  test.each([
    [16, 0],
    [17, 0], // 0.5 becomes 0,
    [18, 1],
    [19, 2], // 1.5 becomes 2,
    [20, 2],
    [21, 2], // 2.5 becomes 2,
    [23, 4], // and 3.5 becomes 4: halves go to the even number.
  ])('cuts 16 of %i pixels from the middle, from pixel %i on', (side, start) => {
    expect(pixelAt(resizedAndCropped(places(side, 16), CONFIG), 0, 0)).toEqual([start, 0, 0]);
    expect(pixelAt(resizedAndCropped(places(16, side), CONFIG), 0, 0)).toEqual([0, start, 0]);
  });

  test('rounds the longer side down', () => {
    // 33 × 10 at a shorter side of 5 would be 16.5 × 5.
    const config = { ...CONFIG, resize: { shortestEdge: 5 }, crop: 5 };
    const direct = resizedAndCropped(places(33, 10), {
      ...config,
      resize: { width: 16, height: 5 },
    });
    expect(resizedAndCropped(places(33, 10), config)).toEqual(direct);
  });

  test('fills what a smaller picture lacks of the square, more of it at the right and the bottom', () => {
    const config = { ...CONFIG, resize: 'none', fill: [9, 8, 7] } as const;
    const image = resizedAndCropped(places(13, 30), config);
    expect(pixelAt(image, 0, 0)).toEqual([9, 8, 7]);
    expect(pixelAt(image, 1, 0)).toEqual([0, 7, 0]);
    expect(pixelAt(image, 13, 15)).toEqual([12, 22, 0]);
    expect(pixelAt(image, 14, 15)).toEqual([9, 8, 7]);
  });

  test('brings the longest edge to its length, sides rounded, halves to the even number', () => {
    const config = { ...CONFIG, resize: { longestEdge: 16 }, fill: [1, 2, 3] } as const;
    // 64 × 10 becomes 16 × 2.5, that is 16 × 2.
    const resized = resizedAndCropped(places(64, 10), {
      ...config,
      resize: { width: 16, height: 2 },
    });
    expect(resizedAndCropped(places(64, 10), config)).toEqual(resized);
    expect(pixelAt(resized, 0, 6)).toEqual([1, 2, 3]);
    expect(pixelAt(resized, 0, 7)).not.toEqual([1, 2, 3]);
    expect(pixelAt(resized, 0, 9)).toEqual([1, 2, 3]);
  });
});

describe('croppedRegion', () => {
  test.each([
    ['a wide picture', { shortestEdge: 16 }, [32, 16], [0.25, 0, 0.5, 1]],
    ['a tall picture', { shortestEdge: 16 }, [10, 40], [0, 0.375, 1, 0.25]],
    ['a picture that is squashed', { width: 16, height: 16 }, [99, 3], [0, 0, 1, 1]],
    ['a picture that is padded', { longestEdge: 16 }, [32, 16], [0, -0.5, 1, 2]],
  ] as const)('is what is seen of %s', (_what, resize, [width, height], expected) => {
    const region = croppedRegion({ width, height }, { ...CONFIG, resize });
    expect(Object.values(region)).toEqual(expected);
  });
});

describe('preprocessImage', () => {
  test('gives three planes of (value / 255 − mean) / std', () => {
    const { size, data } = preprocessImage(
      pictureOf(16, 16, (x, y) => [x * 16, y * 16, 255]),
      CONFIG,
    );
    expect(size).toBe(16);
    expect(data).toHaveLength(3 * 16 * 16);
    const { mean, std } = CONFIG;
    expect(data[5]).toBe(Math.fround((80 / 255 - mean[0]) / std[0]));
    expect(data[256 + 3 * 16]).toBe(Math.fround((48 / 255 - mean[1]) / std[1]));
    expect(data[512]).toBe(Math.fround((255 / 255 - mean[2]) / std[2]));
  });
});
