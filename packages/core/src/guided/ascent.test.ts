import { expect, test } from 'vitest';
import { ascend, beginAscent } from './ascent.ts';
import { Pyramid } from './pyramid.ts';
import { Slices } from './slices.ts';

const pyramid = new Pyramid(16);
const STEPS = 50;

/** The values after 20 of the steps, along gradients of 1 whose sign alternates but where it is given. */
async function ascended(signs: ReadonlyMap<number, number>, keep: number): Promise<Float32Array> {
  let ascent = beginAscent(pyramid);
  for (let step = 0; step < 20; step++) {
    const alternating = step % 2 === 0 ? 1 : -1;
    const gradient = Float32Array.from(
      { length: pyramid.length },
      (_, i) => signs.get(i) ?? alternating,
    );
    ascent = await ascend(ascent, gradient, { pyramid, steps: STEPS, keep, slices: new Slices() });
  }
  return ascent.values;
}

const signs = new Map(
  pyramid.levels.flatMap(({ begin }) => [
    [begin, 1],
    [begin + 1, -1],
  ]),
);

test('values of finer levels stay 0 unless steps agree on them; those of coarse levels do not', async () => {
  const values = await ascended(signs, 0);
  for (const { side, begin, end } of pyramid.levels) {
    const [more, less, ...others] = values.subarray(begin, end);
    expect(more).toBeGreaterThan(0.01);
    expect(less).toBe(-more!);
    const moved = others.filter((value) => value !== 0);
    expect(moved).toHaveLength(side >= 8 ? 0 : others.length);
  }
});

test('nothing is added to a start picture that is kept wholly', async () => {
  for (const value of await ascended(signs, 1)) expect(Math.abs(value)).toBe(0);
});
