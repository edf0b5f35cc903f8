import { expect, test } from 'vitest';
import type { PreprocessConfig } from '../image/preprocess.ts';
import { dot } from '../vectors.ts';
import { addColours, addColoursAdjoint } from './colours.ts';
import type { DrawAddress } from './draws.ts';
import { Pyramid } from './pyramid.ts';
import { Slices } from './slices.ts';
import { noiseValues } from './testing/noise-values.ts';
import { addViewAdjoint, cameraFor, takeView } from './views.ts';

/** ⟨Jv, u⟩ and ⟨v, Jᵀu⟩ agree to the rounding of float32 in sums of this many values. */
const RTOL = 1e-5;

const NOISE: DrawAddress = { seed: 1, step: 0, view: 0, purpose: 'noise' };

const random = (length: number, view: number) => noiseValues(length, 1, { ...NOISE, view });

/** Scaled by the vectors' lengths: a product can be near 0 by chance. */
function expectAdjoint(
  [v, image]: readonly [Float32Array, Float32Array],
  [u, preimage]: readonly [Float32Array, Float32Array],
): void {
  const scale = Math.hypot(...image) * Math.hypot(...u);
  expect(Math.abs(dot(image, u) - dot(v, preimage)) / scale).toBeLessThan(RTOL);
  expect(Math.abs(dot(image, u)) / scale).toBeGreaterThan(10 * RTOL);
}

test.each([37, 64])('a pyramid’s adjoint is that of its sum, on a canvas of %i', async (side) => {
  const pyramid = new Pyramid(side);
  const [v, u] = [random(pyramid.length, 1), random(3 * side * side, 2)];
  const image = await pyramid.sum(v, new Slices());
  const preimage = await pyramid.adjoint(u, new Slices());
  expectAdjoint([v, image], [u, preimage]);
});

test('a pyramid has all resolutions from 1 to the canvas’s, and its coarsest level is one colour', async () => {
  const pyramid = new Pyramid(64);
  expect(pyramid.levels.map(({ side }) => side)).toEqual([
    1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64,
  ]);
  const values = new Float32Array(pyramid.length);
  values.set([0.5, -1, 2]);
  const canvas = await pyramid.sum(values, new Slices());
  for (const [channel, value] of [0.5, -1, 2].entries()) {
    const plane = canvas.subarray(channel * 4096, (channel + 1) * 4096);
    expect(plane.every((pixel) => Math.abs(pixel - value) < 1e-6)).toBe(true);
  }
});

test('the adjoint of colours is theirs', () => {
  const [v, u] = [random(300, 1), random(300, 2)];
  const [image, preimage] = [new Float32Array(300), new Float32Array(300)];
  addColours(v, image);
  addColoursAdjoint(u, preimage);
  expectAdjoint([v, image], [u, preimage]);
});

const PREPROCESSING: PreprocessConfig = {
  resize: { shortestEdge: 31 },
  filter: 'bicubic',
  crop: 31,
  fill: [0, 0, 0],
  rescaleFactor: 1 / 255,
  mean: [0.48, 0.46, 0.41],
  std: [0.27, 0.26, 0.28],
};

test.each([
  { what: 'a shift by whole pixels', square: { left: 5, top: 11, side: 31 } },
  { what: 'a smaller square', square: { left: 3.25, top: 0.5, side: 20.75 } },
  { what: 'a larger square, to the edges', square: { left: 0, top: 0, side: 64 } },
  {
    what: 'a coarse view of exactly a seventh, near the edge',
    square: { left: 3, top: 4, side: 56 },
    coarseSide: 8,
  },
  { what: 'a coarse view', square: { left: 1.5, top: 4, side: 55 }, coarseSide: 13 },
])('a view’s adjoint is that of its linear part: $what', ({ square, coarseSide }) => {
  const view = { square, coarseSide, gain: [0.9, 1, 1.1], bias: [0.05, 0, -0.05], noise: 0.1 };
  const camera = cameraFor(64, view, PREPROCESSING);
  const see = (picture: Float32Array) => takeView(camera, picture, NOISE).data;
  const [v, u] = [random(3 * 64 * 64, 1), random(3 * 31 * 31, 2)];
  // The noise is the same both times, so that the difference is linear.
  const nothing = see(new Float32Array(v.length));
  const image = see(v).map((value, i) => value - nothing[i]!);
  const preimage = new Float32Array(v.length);
  addViewAdjoint(camera, u, preimage);
  expectAdjoint([v, image], [u, preimage]);
});

test('a coarse view shows shapes, and of a fine pattern its mean', () => {
  const side = 64;
  const picture = Float32Array.from({ length: 3 * side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side) % side];
    return (x < side / 2 ? 0.2 : 0.6) + ((x + y) % 2 === 0 ? 0.1 : -0.1);
  });
  const whole = { left: 0, top: 0, side };
  const view = { square: whole, coarseSide: 16, gain: [1, 1, 1], bias: [0, 0, 0], noise: 0 };
  const preprocessing = { ...PREPROCESSING, mean: [0, 0, 0], std: [1, 1, 1] } as PreprocessConfig;
  const { data } = takeView(cameraFor(side, view, preprocessing), picture, NOISE);
  const row = data.subarray(31 * 15, 31 * 16);
  for (const [x, expected] of [
    [4, 0.2],
    [10, 0.2],
    [20, 0.6],
    [26, 0.6],
  ] as const) {
    expect(Math.abs(row[x]! - expected)).toBeLessThan(0.02);
  }
});

test('a view of a shift by whole pixels is those pixels, normalised', () => {
  const picture = random(3 * 64 * 64, 1);
  const view = {
    square: { left: 5, top: 11, side: 31 },
    coarseSide: undefined,
    gain: [1, 1, 1],
    bias: [0, 0, 0],
    noise: 0,
  };
  const camera = cameraFor(64, view, PREPROCESSING);
  const { data } = takeView(camera, picture, NOISE);
  const [channel, y, x] = [2, 7, 30];
  const expected = (picture[channel * 4096 + (11 + y) * 64 + 5 + x]! - 0.41) / 0.28;
  expect(data[channel * 961 + y * 31 + x]).toBeCloseTo(expected, 5);
});
