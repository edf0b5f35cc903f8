import type { RgbImage } from '../image/rgb-image.ts';
import { addColours, addColoursAdjoint } from './colours.ts';
import { Pyramid } from './pyramid.ts';
import type { Slices } from './slices.ts';

const CHANNELS = 3;
/** Values of which tanh is computed in one piece of work. */
const PIECE = 2 ** 17;
/** How near a start picture's channels, −1 to 1, come to the ends, where tanh has no slope. */
const NEAREST = 0.95;

/** What a pyramid is painted on, by way of tanh: raw values of a start picture, 0 for grey, and the levels' sum in colours. */
export class Canvas {
  readonly pyramid: Pyramid;
  readonly #side: number;
  /** [3, C, C] */
  readonly #start: Float32Array;

  /** @param start [C, C, 3], 8 bits. */
  constructor(side: number, start: Uint8Array | undefined) {
    this.pyramid = new Pyramid(side);
    this.#side = side;
    this.#start = rawValues(side, start);
  }

  /** @returns the picture, [3, C, C], 0 to 1. */
  async paint(values: Float32Array, slices: Slices): Promise<Float32Array> {
    const picture = this.#start.slice();
    addColours(await this.pyramid.sum(values, slices), picture);
    for (let from = 0; from < picture.length; from += PIECE) {
      const piece = picture.subarray(from, from + PIECE);
      for (let i = 0; i < piece.length; i++) piece[i] = (1 + Math.tanh(piece[i]!)) / 2;
      await slices.next();
    }
    return picture;
  }

  /**
   * The vector–Jacobian product of {@link Canvas.paint}.
   *
   * @param picture as painted.
   * @param gradient by the picture; it is overwritten.
   * @returns the gradient by the values.
   */
  async gradient(
    picture: Float32Array,
    gradient: Float32Array,
    slices: Slices,
  ): Promise<Float32Array> {
    for (let i = 0; i < gradient.length; i++) gradient[i]! *= 2 * picture[i]! * (1 - picture[i]!);
    const bySum = new Float32Array(gradient.length);
    addColoursAdjoint(gradient, bySum);
    return this.pyramid.adjoint(bySum, slices);
  }

  /** A picture, [3, C, C], in 8 bits. */
  toRgb(picture: Float32Array): RgbImage {
    const pixels = this.#side ** 2;
    const data = new Uint8Array(CHANNELS * pixels);
    for (let channel = 0; channel < CHANNELS; channel++) {
      for (let i = 0; i < pixels; i++) {
        data[i * CHANNELS + channel] = Math.round(255 * picture[channel * pixels + i]!);
      }
    }
    return { width: this.#side, height: this.#side, channels: CHANNELS, data };
  }
}

function rawValues(side: number, start: Uint8Array | undefined): Float32Array {
  const pixels = side * side;
  const raw = new Float32Array(CHANNELS * pixels);
  if (start === undefined) return raw;
  for (let i = 0; i < pixels; i++) {
    for (let channel = 0; channel < CHANNELS; channel++) {
      const value = (start[i * CHANNELS + channel]! / 255) * 2 - 1;
      raw[channel * pixels + i] = Math.atanh(Math.max(-NEAREST, Math.min(NEAREST, value)));
    }
  }
  return raw;
}
