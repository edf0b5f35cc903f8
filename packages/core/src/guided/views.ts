import type { PixelTensor, PreprocessConfig } from '../image/preprocess.ts';
import type { Draws } from './draws.ts';
import { RECIPE } from './recipe.ts';
import {
  addResampled,
  addResampledAdjoint,
  bicubic,
  type Resampling,
  type SourceSquare,
} from './resample.ts';

const CHANNELS = 3;

/** How the model sees a picture once: a square of it, lit and coloured a little differently. */
export interface View {
  readonly square: SourceSquare;
  /** Pixels a side that the square is brought to first, so that the model sees coarse shapes alone; undefined for all of it. */
  readonly coarseSide: number | undefined;
  /** What each channel of 0 to 1 is multiplied with. */
  readonly gain: readonly number[];
  /** What is added to each. */
  readonly bias: readonly number[];
  /** Standard deviation of the noise on channels of 0 to 1. */
  readonly noise: number;
}

/** Where in the drawing of a picture a view belongs. */
export interface ViewPlace {
  /** Pixels a side. */
  readonly canvas: number;
  /** Of the view in its step. */
  readonly index: number;
  /** The share of the steps that are done, 0 to 1. */
  readonly progress: number;
}

export function drawView(draws: Draws, { canvas, index, progress }: ViewPlace): View {
  const kinds = progress < RECIPE.lateFrom ? RECIPE.earlyKinds : RECIPE.lateKinds;
  const kind = kinds[index % kinds.length]!;
  const share = draws.between(...(kind === 'small' ? RECIPE.smallSides : RECIPE.largeSides));
  const side = Math.round(share * canvas);
  const place = () => Math.floor(draws.between(0, canvas - side + 1));
  const square = { left: place(), top: place(), side };
  const coarseSide = Math.round(2 ** draws.between(...RECIPE.coarsePowers));
  const light = draws.between(-RECIPE.light, RECIPE.light);
  const contrast = 1 + draws.between(-RECIPE.contrast, RECIPE.contrast);
  const channels = (width: number) =>
    Array.from({ length: CHANNELS }, () => draws.between(-width, width));
  return {
    square,
    coarseSide: kind === 'coarse' ? coarseSide : undefined,
    gain: channels(RECIPE.gain).map((value) => contrast + value),
    bias: channels(RECIPE.bias).map((value) => value + light + (1 - contrast) / 2),
    noise: draws.between(0, RECIPE.noise),
  };
}

/** How a view is taken: everything but the picture. */
export interface Camera {
  /** Pixels a side of the canvas, C. */
  readonly canvas: number;
  readonly view: View;
  readonly preprocessing: PreprocessConfig;
}

/** The model's input. @param picture [3, C, C], 0 to 1. */
export function takeView(
  { canvas, view, preprocessing }: Camera,
  picture: Float32Array,
  noise: Draws,
): PixelTensor {
  const { crop: size, mean, std } = preprocessing;
  const resamplings = resamplingsOf(canvas, view, size);
  const data = new Float32Array(CHANNELS * size * size);
  const planes = planesOf(picture, data);
  for (const [source, target] of planes) target.set(resamplings.reduce(resampled, source));
  for (const [channel, [, target]] of planes.entries()) {
    const [gain, bias] = [view.gain[channel]!, view.bias[channel]!];
    for (let i = 0; i < target.length; i++) target[i] = target[i]! * gain + bias;
  }
  noise.addNoise(data, view.noise);
  for (const [channel, [, target]] of planes.entries()) {
    const [m, s] = [mean[channel]!, std[channel]!];
    for (let i = 0; i < target.length; i++) target[i] = (target[i]! - m) / s;
  }
  return { size, data };
}

/** The adjoint of {@link takeView}: adds the gradient by the picture. @param gradient by the model's input. */
export function addViewAdjoint(
  { canvas, view, preprocessing }: Camera,
  gradient: Float32Array,
  picture: Float32Array,
): void {
  const { crop: size, std } = preprocessing;
  const [first, ...further] = resamplingsOf(canvas, view, size);
  for (const [channel, [source, target]] of planesOf(picture, gradient).entries()) {
    const factor = view.gain[channel]! / std[channel]!;
    const scaled = target.map((value) => value * factor);
    addResampledAdjoint(first!, further.reduceRight(resampledBack, scaled), source);
  }
}

/** From the canvas to the model's input, for a coarse view by way of fewer pixels. */
function resamplingsOf(
  canvas: number,
  { square, coarseSide }: View,
  size: number,
): readonly Resampling[] {
  if (coarseSide === undefined) return [bicubic(canvas, square, size)];
  const all = { left: 0, top: 0, side: coarseSide };
  return [bicubic(canvas, square, coarseSide), bicubic(coarseSide, all, size)];
}

function resampled(source: Float32Array, resampling: Resampling): Float32Array {
  const result = new Float32Array(resampling.x.start.length ** 2);
  addResampled(resampling, source, result);
  return result;
}

function resampledBack(result: Float32Array, resampling: Resampling): Float32Array {
  const source = new Float32Array(resampling.from ** 2);
  addResampledAdjoint(resampling, result, source);
  return source;
}

function planesOf(picture: Float32Array, input: Float32Array) {
  const plane = (values: Float32Array, channel: number) =>
    values.subarray(
      (channel * values.length) / CHANNELS,
      ((channel + 1) * values.length) / CHANNELS,
    );
  return [0, 1, 2].map((channel) => [plane(picture, channel), plane(input, channel)] as const);
}
