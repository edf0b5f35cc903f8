import { expect, test } from 'vitest';
import { OCCLUSION_IMAGES } from '../../src/inference/occlusion.ts';
import { TEXTS } from '../texts.ts';
import { LOOK_IMAGES, strongestPlace } from './occlusion.ts';

test('a map takes as many images as the server says', () => {
  expect(LOOK_IMAGES).toBe(OCCLUSION_IMAGES);
});

const WHOLE = { left: 0, top: 0, width: 1, height: 1 };
const MIDDLE_OF_WIDE = { left: 0.25, top: 0, width: 0.5, height: 1 };
const MIDDLE_OF_TALL = { left: 0, top: 1 / 3, width: 1, height: 1 / 3 };

const placeOf = (at: number, region: typeof WHOLE) => {
  const evidence = Array.from({ length: 49 }, (_, i) => (i === at ? 1 : -1));
  return strongestPlace({ rows: 7, columns: 7, evidence, region }, TEXTS.look.places);
};

test.each([
  [0, WHOLE, 'at the top left'],
  [24, WHOLE, 'in the middle'],
  [48, WHOLE, 'at the bottom right'],
  [0, MIDDLE_OF_WIDE, 'at the top left'],
  [1, MIDDLE_OF_WIDE, 'at the top'],
  [47, MIDDLE_OF_WIDE, 'at the bottom'],
  [48, MIDDLE_OF_WIDE, 'at the bottom right'],
  [0, MIDDLE_OF_TALL, 'on the left'],
  [48, MIDDLE_OF_TALL, 'on the right'],
])('part %i of a map of %j is %s of the picture', (at, region, place) => {
  expect(placeOf(at, region)).toBe(place);
});

test('nothing is the strongest where all parts speak against the label', () => {
  expect(placeOf(-1, WHOLE)).toBeUndefined();
});
