import { inKernelMemory } from './picture-kernels.ts';
import {
  addResampled,
  addResampledAdjoint,
  bicubic,
  type Resampling,
  rowsRead,
} from './resample.ts';
import type { Slices } from './slices.ts';

const CHANNELS = 3;

/** One resolution of a {@link Pyramid}. */
export interface Level {
  /** Pixels a side, r. */
  readonly side: number;
  /** Where its values, [3, r, r], begin and end among those of all levels. */
  readonly begin: number;
  readonly end: number;
}

/**
 * A picture as a sum of pictures of all resolutions, each brought to the canvas by bicubic interpolation (S. Fort and
 * J. Whitaker, Direct Ascent Synthesis, https://arxiv.org/abs/2502.07753, section 3). The values of all levels lie in one
 * array, the coarsest first.
 */
export class Pyramid {
  readonly levels: readonly Level[];
  /** Values of all levels together. */
  readonly length: number;
  readonly #canvas: number;
  readonly #resamplings: readonly Resampling[];

  /** @param canvas pixels a side, C, of the canvas and of the finest level. */
  constructor(canvas: number) {
    const levels: Level[] = [];
    let begin = 0;
    for (const side of sidesUpTo(canvas)) {
      const end = begin + CHANNELS * side * side;
      levels.push({ side, begin, end });
      begin = end;
    }
    this.levels = levels;
    this.length = begin;
    this.#canvas = canvas;
    this.#resamplings = levels.map(({ side }) => bicubic(side, { left: 0, top: 0, side }, canvas));
  }

  /** The sum of the levels: P · values. @returns [3, C, C] */
  async sum(values: Float32Array, slices: Slices): Promise<Float32Array> {
    const pixels = this.#canvas ** 2;
    const canvas = new Float32Array(CHANNELS * pixels);
    for (let channel = 0; channel < CHANNELS; channel++) {
      inKernelMemory((memory) => {
        const sum = memory.zeros(pixels);
        for (const [resampling, rows] of this.#rowsRead(values, channel)) {
          memory.during(() => addResampled(memory, resampling, memory.copyOf(rows), sum));
        }
        canvas.set(memory.at(sum, pixels), channel * pixels);
      });
      await slices.next();
    }
    return canvas;
  }

  /** The adjoint of {@link Pyramid.sum}: Pᵀ · canvas. @param canvas [3, C, C] */
  async adjoint(canvas: Float32Array, slices: Slices): Promise<Float32Array> {
    const pixels = this.#canvas ** 2;
    const values = new Float32Array(this.length);
    for (let channel = 0; channel < CHANNELS; channel++) {
      inKernelMemory((memory) => {
        const target = memory.copyOf(canvas.subarray(channel * pixels, (channel + 1) * pixels));
        for (const [resampling, rows] of this.#rowsRead(values, channel)) {
          memory.during(() => {
            const source = memory.zeros(rows.length);
            addResampledAdjoint(memory, resampling, source, target);
            rows.set(memory.at(source, rows.length));
          });
        }
      });
      await slices.next();
    }
    return values;
  }

  /** What is read of one channel of each level, with what brings it to the canvas. */
  #rowsRead(
    values: Float32Array,
    channel: number,
  ): readonly (readonly [Resampling, Float32Array])[] {
    return this.levels.map(({ side, begin }, i) => {
      const from = begin + channel * side * side;
      const resampling = this.#resamplings[i]!;
      return [resampling, rowsRead(resampling, values.subarray(from, from + side * side))];
    });
  }
}

/** 1, 2, 3, 4, 6, 8, 11, 16, …: powers of √2, rounded, up to the canvas. */
function sidesUpTo(canvas: number): readonly number[] {
  const sides: number[] = [];
  for (let power = 0; ; power++) {
    const side = Math.round(2 ** (power / 2));
    if (side >= canvas) return [...sides, canvas];
    if (side !== sides.at(-1)) sides.push(side);
  }
}
