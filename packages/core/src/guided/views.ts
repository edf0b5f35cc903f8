import type { PixelTensor, PreprocessConfig } from '../image/preprocess.ts';
import type { DrawAddress, Draws } from './draws.ts';
import { addNoise } from './noise.ts';
import { FLOAT_BYTES, inKernelMemory, type KernelMemory } from './picture-kernels.ts';
import { RECIPE } from './recipe.ts';
import {
  addResampled,
  addResampledAdjoint,
  bicubic,
  type Resampling,
  rowsRead,
  type SourceSquare,
} from './resample.ts';

const CHANNELS = 3;
const CHANNEL_NUMBERS = [0, 1, 2] as const;

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

/** How a view is taken: everything but the picture and the noise. */
export interface Camera {
  readonly view: View;
  readonly preprocessing: PreprocessConfig;
  /** From the canvas to the model's input, for a coarse view by way of fewer pixels. */
  readonly resamplings: readonly Resampling[];
}

/** @param canvas pixels a side of the canvas, C. */
export function cameraFor(canvas: number, view: View, preprocessing: PreprocessConfig): Camera {
  return { view, preprocessing, resamplings: resamplingsOf(canvas, view, preprocessing.crop) };
}

function resamplingsOf(canvas: number, { square, coarseSide }: View, size: number) {
  if (coarseSide === undefined) return [bicubic(canvas, square, size)];
  const all = { left: 0, top: 0, side: coarseSide };
  return [bicubic(canvas, square, coarseSide), bicubic(coarseSide, all, size)];
}

/**
 * The model's input.
 *
 * @param picture [3, C, C], 0 to 1.
 * @param noise where its random numbers come from.
 */
export function takeView(
  { view, preprocessing, resamplings }: Camera,
  picture: Float32Array,
  noise: DrawAddress,
): PixelTensor {
  const { crop: size, mean, std } = preprocessing;
  const pixels = size * size;
  return inKernelMemory((memory) => {
    const data = memory.zeros(CHANNELS * pixels);
    const planes = CHANNEL_NUMBERS.map((channel) => data + channel * pixels * FLOAT_BYTES);
    for (const [channel, plane] of planes.entries()) {
      addThrough(memory, resamplings, planeOf(picture, channel), plane);
      memory.kernels.light(plane, pixels, view.gain[channel]!, view.bias[channel]!);
    }
    addNoise(memory, data, CHANNELS * pixels, { deviation: view.noise, address: noise });
    for (const [channel, plane] of planes.entries()) {
      memory.kernels.normalize(plane, pixels, mean[channel]!, std[channel]!);
    }
    return { size, data: memory.at(data, CHANNELS * pixels).slice() };
  });
}

/** The adjoint of {@link takeView}: adds the gradient by the picture. @param gradient by the model's input. */
export function addViewAdjoint(
  { view, preprocessing, resamplings }: Camera,
  gradient: Float32Array,
  picture: Float32Array,
): void {
  for (const channel of CHANNEL_NUMBERS) {
    const factor = view.gain[channel]! / preprocessing.std[channel]!;
    inKernelMemory((memory) => {
      const plane = planeOf(gradient, channel);
      const target = memory.copyOf(plane);
      memory.kernels.light(target, plane.length, factor, 0);
      addBackThrough(memory, resamplings, target, planeOf(picture, channel));
    });
  }
}

/** target += the plane, resampled by one after the other. @param target address. */
function addThrough(
  memory: KernelMemory,
  resamplings: readonly Resampling[],
  plane: Float32Array,
  target: number,
): void {
  memory.during(() => {
    let source = memory.copyOf(rowsRead(resamplings[0]!, plane));
    for (const [i, resampling] of resamplings.slice(0, -1).entries()) {
      const result = memory.zeros(resampling.to ** 2);
      addResampled(memory, resampling, source, result);
      source = result + rowsBefore(resamplings[i + 1]!);
    }
    addResampled(memory, resamplings.at(-1)!, source, target);
  });
}

/** The adjoint of {@link addThrough}, into the plane. @param target address. */
function addBackThrough(
  memory: KernelMemory,
  resamplings: readonly Resampling[],
  target: number,
  plane: Float32Array,
): void {
  const [first, ...further] = resamplings;
  for (const resampling of further.reverse()) {
    const source = memory.zeros(resampling.from ** 2);
    addResampledAdjoint(memory, resampling, source + rowsBefore(resampling), target);
    target = source;
  }
  const rows = rowsRead(first!, plane);
  const source = memory.copyOf(rows);
  addResampledAdjoint(memory, first!, source, target);
  rows.set(memory.at(source, rows.length));
}

/** Bytes of a source plane's rows that are not read. */
const rowsBefore = ({ from, top }: Resampling): number => from * top * FLOAT_BYTES;

function planeOf(values: Float32Array, channel: number): Float32Array {
  const length = values.length / CHANNELS;
  return values.subarray(channel * length, (channel + 1) * length);
}
