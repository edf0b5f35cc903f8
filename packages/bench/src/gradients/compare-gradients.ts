import { type BackendName, dot, loadClip } from '@clipql/core';
import { BenchError } from '../kit/errors.ts';
import { recipeNumbers, recipePixels } from '../kit/models/recipe.ts';
import { modelOfCase } from '../kit/models/reference-case.ts';
import type { GradientCase, KnownGradient } from './gradient-case.ts';

/** The backends with gradients, and how far from float64 theirs may be. */
export const MOST_REL_L2 = { wasm: 1e-5, reference: 1e-6 } as const satisfies Partial<
  Record<BackendName, number>
>;
export type GradientBackend = keyof typeof MOST_REL_L2;

/** How far a model's gradients are from the known ones on a backend. */
export interface GradientRow {
  readonly model: string;
  readonly backend: GradientBackend;
  /** ‖a − b‖ / ‖b‖, the largest of an image; an estimate where not all of a gradient is known. */
  readonly relL2: number;
  /** The largest difference of a cosine. */
  readonly cosineDiff: number;
  readonly passed: boolean;
}

/**
 * Runs a case through `clip.imageGradient`.
 *
 * @throws ClipError where core refuses the model; BenchError SHAPE_MISMATCH for gradients of another size.
 */
export async function compareGradients(
  gradientCase: GradientCase,
  backend: GradientBackend,
): Promise<GradientRow> {
  const { model, images, seed } = gradientCase;
  const clip = await loadClip(await modelOfCase({ ...gradientCase, name: model }), { backend });
  try {
    const { imageSize: size, embeddingWidth } = clip.info;
    const pixels = recipePixels(images.length, size, seed).map((data) => ({ size, data }));
    const embedding = Float32Array.from(recipeNumbers('target', embeddingWidth, seed));
    const gradients = await clip.imageGradient(pixels, [{ embedding }]);
    const relL2 = Math.max(...images.map((known, i) => distance(gradients[i]!.gradient, known)));
    const differences = images.map(({ cosine }, i) => Math.abs(gradients[i]!.cosines[0]! - cosine));
    const passed = relL2 <= MOST_REL_L2[backend];
    return { model, backend, relL2, cosineDiff: Math.max(...differences), passed };
  } finally {
    clip.dispose();
  }
}

/**
 * ‖a − b‖ / ‖b‖. Where b is known in parts, the largest of what they say: that distance over the known values, the
 * difference of the norms, and the root mean square of the differences of the dot products, of which each is
 * ‖a − b‖² / 3 in the mean, with numbers uniform in [−1, 1). Infinite where a value is not finite.
 */
function distance(gradient: Float32Array, known: KnownGradient): number {
  const { norm, projections, values } = known;
  const squares = projections.map((value, k) => {
    const direction = recipeNumbers(`gradient-projection.${k}`, gradient.length, 0);
    return (3 * (dot(gradient, direction) - value) ** 2) / projections.length;
  });
  const estimates = [
    overValues(gradient, values),
    Math.abs(Math.sqrt(dot(gradient, gradient)) - norm) / norm,
    Math.sqrt(squares.reduce((sum, square) => sum + square, 0)) / norm,
  ];
  return estimates.every(Number.isFinite) ? Math.max(...estimates) : Number.POSITIVE_INFINITY;
}

function overValues(gradient: Float32Array, values: KnownGradient['values']): number {
  if ('whole' in values) {
    if (values.whole.length === gradient.length) return relL2(gradient, values.whole);
    throw new BenchError(
      'SHAPE_MISMATCH',
      `expected a gradient of ${values.whole.length} values, got ${gradient.length}`,
    );
  }
  const { first, atPositions } = values;
  const positions = recipeNumbers('gradient-positions', atPositions.length, 0).map((u) =>
    Math.floor(((u + 1) / 2) * gradient.length),
  );
  const got = [
    ...gradient.subarray(0, first.length),
    ...Array.from(positions, (i) => gradient[i]!),
  ];
  return relL2(got, [...first, ...atPositions]);
}

function relL2(actual: ArrayLike<number>, expected: readonly number[]): number {
  const squares = expected.reduce((sum, value) => sum + value ** 2, 0);
  const off = expected.reduce((sum, value, i) => sum + (actual[i]! - value) ** 2, 0);
  return Math.sqrt(off / squares);
}
