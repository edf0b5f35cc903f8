import type { RgbImage } from '../rgb-image.ts';

/** How far two pictures of one size are from each other, in levels of 0 to 255. */
export interface LevelDifference {
  readonly largest: number;
  readonly mean: number;
  /** Samples that differ at all. */
  readonly differing: number;
  readonly samples: number;
  /** Where the largest difference is, in words for a failing test. */
  readonly where: string;
}

/** Compares the red, green and blue samples; the sizes must be equal. */
export function levelDifference(actual: RgbImage, expected: RgbImage): LevelDifference {
  if (actual.width !== expected.width || actual.height !== expected.height) {
    const sizes = [actual, expected].map(({ width, height }) => `${width} × ${height}`);
    throw new Error(`expected a picture of ${sizes[1]}, got ${sizes[0]}`);
  }
  let [largest, sum, differing, where] = [0, 0, 0, 'nowhere'];
  const pixels = actual.width * actual.height;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const got = actual.data[pixel * actual.channels + channel]!;
      const wanted = expected.data[pixel * expected.channels + channel]!;
      const difference = Math.abs(got - wanted);
      if (difference === 0) continue;
      sum += difference;
      differing++;
      if (difference <= largest) continue;
      largest = difference;
      const [x, y] = [pixel % actual.width, Math.floor(pixel / actual.width)];
      where = `x ${x}, y ${y}, channel ${channel}: expected ${wanted}, got ${got}`;
    }
  }
  return { largest, mean: sum / (pixels * 3), differing, samples: pixels * 3, where };
}

/** Equal pictures, for `toEqual`: a failure shows the largest difference and its place. */
export const EQUAL = { largest: 0, where: 'nowhere' };
