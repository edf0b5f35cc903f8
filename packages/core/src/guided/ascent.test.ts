import { expect, test } from 'vitest';
import { ascend, beginAscent } from './ascent.ts';
import { Pyramid } from './pyramid.ts';
import { Slices } from './slices.ts';

const STEPS = 50;
const pyramid = new Pyramid(16);

/** So many steps along gradients of 1, whose sign the steps do not agree on but at chosen values. */
async function ascended(steps: number, agreed: ReadonlySet<number>, keep = 0) {
  let ascent = beginAscent(pyramid);
  for (let step = 0; step < steps; step++) {
    const sign = step % 2 === 0 ? 1 : -1;
    const gradient = Float32Array.from({ length: pyramid.length }, (_, i) =>
      agreed.has(i) ? -1 : sign,
    );
    ascent = await ascend(ascent, gradient, { pyramid, steps: STEPS, keep, slices: new Slices() });
  }
  return ascent;
}

test('values of finer levels that steps do not agree on stay 0, others grow as far as on coarse levels', async () => {
  const agreed = new Set(pyramid.levels.map(({ begin }) => begin + 1));
  const { values } = await ascended(20, agreed);
  for (const { side, begin, end } of pyramid.levels) {
    const [first, grown, ...others] = values.subarray(begin, end);
    expect(grown).toBeLessThan(-0.01);
    for (const value of [first, ...others]) {
      if (side >= 8) expect(Math.abs(value!)).toBe(0);
      else expect(Math.abs(value!)).toBeGreaterThan(0);
    }
  }
});
