/** What an image should come closer to, as one direction. */
import { ClipError, grouped } from './errors.ts';

/** An embedding that images should come closer to, or move away from if its weight is negative. */
export interface GradientTarget {
  /** [E]. Only its direction counts; it must not be zero. */
  readonly embedding: Float32Array;
  /** 1 unless given. */
  readonly weight?: number;
}

/** How one image comes closer to its targets. */
export interface ImageGradient {
  /** The gradient of Σ weight · cosine by the image's normalised pixels, [3, S, S]. */
  readonly gradient: Float32Array;
  /** The cosine of the image's embedding with each target, in their order. */
  readonly cosines: readonly number[];
}

/** Targets as directions of length 1, and their weighted sum. */
export interface TargetDirections {
  readonly directions: readonly Float32Array[];
  /** Σ weight · direction, [E]: the gradient of Σ weight · cosine by an embedding of length 1. */
  readonly sum: Float32Array;
}

/** @throws ClipError BAD_INPUT for no targets, one without a direction, and weights that float32 does not hold. */
export function targetDirections(
  targets: readonly GradientTarget[],
  embeddingWidth: number,
): TargetDirections {
  if (targets.length === 0) throw new ClipError('BAD_INPUT', 'expected a target, got none');
  const sum = new Float64Array(embeddingWidth);
  const directions = targets.map(({ embedding, weight = 1 }, i) => {
    if (!Number.isFinite(Math.fround(weight))) {
      throw new ClipError(
        'BAD_INPUT',
        `target ${i}: expected a finite weight that float32 holds, got ${weight}`,
      );
    }
    const direction = directionOf(embedding, embeddingWidth, i);
    for (const [c, value] of direction.entries()) sum[c]! += weight * value;
    return direction;
  });
  // Several that float32 holds can be too much together.
  const together = Float32Array.from(sum);
  if (!together.every(Number.isFinite)) {
    throw new ClipError('BAD_INPUT', 'expected weights whose sum float32 holds, got larger ones');
  }
  return { directions, sum: together };
}

function directionOf(embedding: Float32Array, width: number, target: number): Float32Array {
  if (embedding?.length !== width) {
    const got = grouped(embedding?.length ?? 0);
    throw new ClipError('BAD_INPUT', `target ${target}: expected [${width}], got [${got}]`);
  }
  const length = Math.hypot(...embedding);
  if (!(length > 0 && Number.isFinite(length))) {
    throw new ClipError(
      'BAD_INPUT',
      `target ${target}: expected an embedding of finite length above 0, got ${length}`,
    );
  }
  return embedding.map((value) => value / length);
}
