import { addResampled, addResampledAdjoint, bicubic, type Resampling } from './resample.ts';
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

  /** Adds the levels up: canvas += P · values. @param canvas [3, C, C] */
  async addTo(canvas: Float32Array, values: Float32Array, slices: Slices): Promise<void> {
    await this.#eachPlane(canvas, values, slices, (resampling, plane, level) =>
      addResampled(resampling, level, plane),
    );
  }

  /** The adjoint of {@link Pyramid.addTo}: values += Pᵀ · canvas. */
  async addAdjoint(canvas: Float32Array, values: Float32Array, slices: Slices): Promise<void> {
    await this.#eachPlane(canvas, values, slices, addResampledAdjoint);
  }

  async #eachPlane(
    canvas: Float32Array,
    values: Float32Array,
    slices: Slices,
    visit: (resampling: Resampling, plane: Float32Array, level: Float32Array) => void,
  ): Promise<void> {
    const pixels = this.#canvas ** 2;
    for (const [i, { side, begin }] of this.levels.entries()) {
      for (let channel = 0; channel < CHANNELS; channel++) {
        const from = begin + channel * side * side;
        visit(
          this.#resamplings[i]!,
          canvas.subarray(channel * pixels, (channel + 1) * pixels),
          values.subarray(from, from + side * side),
        );
        await slices.next();
      }
    }
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
