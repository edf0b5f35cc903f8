import { describe, expect, test } from 'vitest';
import { type PreprocessConfig, preprocessImage, resizedAndCropped } from './preprocess.ts';
import type { RgbImage } from './rgb-image.ts';
import { pictureOf, pixelAt, samplePicture } from './testing/sample-picture.ts';

/** OpenAI's numbers, at a small size. */
const CONFIG: PreprocessConfig = {
  resize: { shortestEdge: 16 },
  crop: 16,
  rescaleFactor: 1 / 255,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

/** A picture whose red is its column and whose green is its row. */
const places = (width: number, height: number): RgbImage =>
  pictureOf(width, height, (x, y) => [x, y, 0]);

describe('resizedAndCropped', () => {
  test('cuts the middle out, one pixel less on the left and the top where it is odd', () => {
    const image = resizedAndCropped(places(21, 16), CONFIG);
    expect(pixelAt(image, 0, 0)).toEqual([2, 0, 0]);
    expect(pixelAt(image, 15, 15)).toEqual([17, 15, 0]);

    const tall = resizedAndCropped(places(16, 19), CONFIG);
    expect(pixelAt(tall, 0, 0)).toEqual([0, 1, 0]);
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

  test('refuses a square larger than the resized picture', () => {
    expect(() => resizedAndCropped(samplePicture(), { ...CONFIG, crop: 17 })).toThrow(
      'expected a resized picture of at least 17 × 17, got 27 × 16',
    );
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
