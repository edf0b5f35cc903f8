import { expect, test } from 'vitest';
import { parsePreprocessConfig } from './processor.ts';

const preprocess = (value: unknown, imageSize = 224) =>
  parsePreprocessConfig(new TextEncoder().encode(JSON.stringify(value)), imageSize);

const OPENAI = {
  resize: { shortestEdge: 224 },
  crop: 224,
  rescaleFactor: 1 / 255,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

test.each<[string, unknown]>([
  ['nothing', {}],
  ['numbers', { size: 224, crop_size: 224 }],
  ['objects', { size: { shortest_edge: 224 }, crop_size: { height: 224, width: 224 } }],
])('size and crop_size as %s mean the same', (_, value) => {
  expect(preprocess(value)).toEqual(OPENAI);
});

test('size as height and width is kept as it is, and steps that are off do nothing', () => {
  const value = { size: { height: 256, width: 240 }, do_normalize: false, do_rescale: false };
  expect(preprocess(value)).toEqual({
    resize: { width: 240, height: 256 },
    crop: 224,
    rescaleFactor: 1,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  });
});

test.each<[unknown, number, string]>([
  [{}, 336, "crop_size: expected the model's image_size 336, got nothing"],
  [{ crop_size: { height: 224, width: 200 } }, 224, 'crop_size: expected a square'],
  [{ size: 200 }, 224, 'size: expected at least the crop_size 224, got 200'],
  [{ size: { longest_edge: 224 } }, 224, 'size: expected a number, {"shortest_edge"}'],
  [{ resample: 2 }, 224, 'resample: expected 3 (bicubic), got 2'],
  [{ do_center_crop: false }, 224, 'do_center_crop: expected true, got false'],
  [{ image_mean: [0.5, 0.5] }, 224, 'image_mean: expected three numbers'],
  [{ image_std: [1, 0, 1] }, 224, 'image_std: expected three numbers'],
])('preprocessing %j for side %i is refused', (value, side, message) => {
  expect(() => preprocess(value, side)).toThrow(message);
});
