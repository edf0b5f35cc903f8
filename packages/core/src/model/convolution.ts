/**
 * Convolutions over images whose pixels are rows, line by line, and whose channels are columns.
 *
 * B images, S their side in pixels, k side of a window, C channels, N channels of the result.
 */

import type { ImageWindow } from '../graph/forward-operands.ts';
import type { GraphBuilder, Tensor } from '../graph/graph.ts';
import { affine } from './transformer.ts';

/** A batch of square images. */
export interface Images {
  /** [B·S·S, C] */
  readonly x: Tensor;
  /** S */
  readonly side: number;
}

/** The normalised pixels of a batch as images: [B, C·S·S], channel first, to [B·S·S, C]. */
export const imagesOf = (
  g: GraphBuilder,
  pixels: Tensor,
  channels: number,
  side: number,
): Images => ({
  x: g.patches(pixels, channels, side, 1),
  side,
});

/** TensorFlow's SAME: as many places as strides begin in the image, and the odd line of zeros behind it. */
export function samePadding(side: number, kernel: number, stride: number): ImageWindow {
  const outSide = Math.ceil(side / stride);
  const zeros = Math.max((outSide - 1) * stride + kernel - side, 0);
  return { side, kernel, stride, before: Math.floor(zeros / 2), outSide };
}

/** PyTorch's: as many lines of zeros on all sides. */
export function evenPadding(side: number, kernel: number, stride: number): ImageWindow {
  const before = (kernel - 1) / 2;
  const outSide = Math.floor((side + 2 * before - kernel) / stride) + 1;
  return { side, kernel, stride, before, outSide };
}

/** A convolution over all channels, as windows and a linear layer: its weight is [N, k, k, C]. */
export function convolution(
  g: GraphBuilder,
  { x }: Images,
  name: string,
  channels: number,
  window: ImageWindow,
): Images {
  const { kernel, outSide } = window;
  const { weight, bias } = affine(g, name, [channels, kernel, kernel, x.columns]);
  return { x: g.linear(g.windows(x, window), weight, bias), side: outSide };
}

/** A convolution of 1 × 1, which is a linear layer over pixels. */
export function pointwise(
  g: GraphBuilder,
  { x, side }: Images,
  name: string,
  channels: number,
): Images {
  const { weight, bias } = affine(g, name, [channels, x.columns]);
  return { x: g.linear(x, weight, bias), side };
}

/** A convolution of each channel by itself: its weight is [k·k, C]. */
export function depthwise(
  g: GraphBuilder,
  { x }: Images,
  name: string,
  window: ImageWindow,
): Images {
  const weight = g.parameter(`${name}.weight`, [window.kernel ** 2, x.columns]);
  const bias = g.parameter(`${name}.bias`, [x.columns]);
  return { x: g.depthwise(x, { weight, bias }, window), side: window.outSide };
}

/** The same images after an operation that leaves their shape. */
export const mapPixels = ({ x, side }: Images, map: (x: Tensor) => Tensor): Images => ({
  x: map(x),
  side,
});
