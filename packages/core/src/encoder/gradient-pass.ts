import type { RunInputs, RunOutputs } from '../backends/run-values.ts';
import type { ClipConfig } from '../config/clip-config.ts';
import { COTANGENT, GRADIENT, gradientGraph } from '../graph/gradient.ts';
import { planGraph } from '../graph/plan.ts';
import { withoutBranches } from '../graph/residual-branches.ts';
import type { Tower } from '../model/tower.ts';
import { imageTowerOf } from '../model/towers.ts';

/** What one image's gradient is made of. */
export interface EmbeddingGradient {
  /** The embedding, [E], of length 1. */
  readonly normalized: Float32Array;
  /** [3·S·S] */
  readonly gradient: Float32Array;
}

/**
 * What `Clip.imageGradient` may take in memory, beside the weights, for passes of more than one image: enough for 8 of
 * ViT-B/32 or EfficientNet-Lite0.
 */
export const GRADIENT_ARENA_BYTES = 2 ** 28;
const WORD_BYTES = 4;

/**
 * The image tower with its gradient: from pixels and the gradient by `normalized` to that by `pixels`.
 *
 * @param dropped residual branches that both passes drop.
 */
export function gradientTower(
  config: ClipConfig,
  images: number,
  dropped: readonly number[] = [],
): Tower {
  const { graph, ...tower } = imageTowerOf(config, images);
  const kept = withoutBranches(graph, dropped);
  return { ...tower, graph: gradientGraph(kept, { of: 'normalized', by: 'pixels' }) };
}

/** How many images a pass takes at most. */
export function gradientBatch(config: ClipConfig, most: number): number {
  const { arenaWords } = planGraph(gradientTower(config, 1).graph);
  return Math.min(most, Math.max(1, Math.floor(GRADIENT_ARENA_BYTES / (arenaWords * WORD_BYTES))));
}

/** The inputs for images that should all come closer to a direction, [E]. */
export function gradientInputs(
  images: readonly Float32Array[],
  direction: Float32Array,
): RunInputs {
  return {
    pixels: endToEnd(images),
    [COTANGENT]: endToEnd(images.map(() => direction)),
  };
}

/** One embedding and one gradient an image. */
export function embeddingGradients(outputs: RunOutputs, images: number): EmbeddingGradient[] {
  const rows = (name: string): Float32Array[] => {
    const values = outputs[name]!;
    const length = values.length / images;
    return Array.from({ length: images }, (_, i) => values.slice(i * length, (i + 1) * length));
  };
  const gradients = rows(GRADIENT);
  return rows('normalized').map((normalized, i) => ({ normalized, gradient: gradients[i]! }));
}

function endToEnd(arrays: readonly Float32Array[]): Float32Array {
  const length = arrays[0]!.length;
  const all = new Float32Array(arrays.length * length);
  for (const [i, array] of arrays.entries()) all.set(array, i * length);
  return all;
}
