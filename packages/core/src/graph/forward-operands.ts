import type { Activation } from '../config/clip-config.ts';

/** max(x, 0), and min(max(x, 0), 6). */
export type Rectifier = 'relu' | 'relu6';

/** What a linear layer can end with. */
export type Nonlinearity = Activation | Rectifier;

/**
 * How a square window passes over a square image, whose pixels are rows of a matrix, line by line, with a
 * column for each channel. What lies outside of the image is zero.
 */
export interface ImageWindow {
  /** H, pixels along a side of the image. */
  readonly side: number;
  /** k, pixels along a side of the window. */
  readonly kernel: number;
  /** Pixels from one place of the window to the next. */
  readonly stride: number;
  /** Lines of zeros above the image, and columns of them to its left. */
  readonly before: number;
  /** G, places of the window along a side. */
  readonly outSide: number;
}

/**
 * What an operation of a forward pass reads and is told. `M` is a matrix, `W` a weight: a graph has
 * tensors and parameters there, a plan places in the arena and packed weights.
 */
export interface ForwardOperands<M, W> {
  /** im2col: [B, C·S·S] → [B·P, C·p·p], patches in row-major order, channel first inside each. */
  readonly patches: {
    readonly x: M;
    readonly channels: number;
    readonly imageSize: number;
    readonly patchSize: number;
  };
  /** table[ids[r]], for ids [R, 1] i32. */
  readonly embed: { readonly table: W; readonly ids: M };
  /** activation(x·Wᵀ + bias) + residual, with W [out, in]. Graphs have the first two terms alone. */
  readonly linear: {
    readonly x: M;
    readonly weight: W;
    readonly bias: W | undefined;
    readonly activation: Nonlinearity | undefined;
    readonly residual: M | undefined;
  };
  /** activation(x). */
  readonly gelu: { readonly x: M; readonly activation: Activation };
  /** relu(x), or relu6(x). */
  readonly relu: { readonly x: M; readonly activation: Rectifier };
  /** im2col of channels that lie last: [B·H·H, C] → [B·G·G, k·k·C], each window line by line. */
  readonly windows: { readonly x: M; readonly window: ImageWindow };
  /**
   * activation(Σ x[window][c] · W[·, c] + bias[c]) for each channel c: [B·H·H, C] → [B·G·G, C], with W
   * [k·k, C]. Graphs have no activation.
   */
  readonly depthwise: {
    readonly x: M;
    readonly weight: W;
    readonly bias: W;
    readonly window: ImageWindow;
    readonly activation: Rectifier | undefined;
  };
  /**
   * Means of squares of `kernel` × `kernel` pixels that lie side by side: [B·H·H, C] → [B·⌊H/k⌋², C]. Pixels
   * beyond the last whole square are left out.
   */
  readonly averagePool: { readonly x: M; readonly side: number; readonly kernel: number };
  /** (x − mean) / sqrt(variance + ε) · weight + bias, by row. */
  readonly layerNorm: {
    readonly x: M;
    readonly weight: W;
    readonly bias: W;
    readonly epsilon: number;
  };
  /**
   * softmax(q·kᵀ / sqrt(d))·v by head, d = columns / heads, within each sequence, of which none has more
   * than `longest` rows. Sequence s is rows offsets[s] to offsets[s + 1] of key and value; its queries are
   * the same rows of the query, or, where `queries` is given, rows s · queries to (s + 1) · queries. What
   * rows of no sequence get is not defined.
   */
  readonly attention: {
    readonly query: M;
    readonly key: M;
    readonly value: M;
    readonly offsets: M;
    readonly heads: number;
    readonly causal: boolean;
    readonly queries: number | undefined;
    readonly longest: number;
  };
  /** x + y. */
  readonly add: { readonly x: M; readonly y: M };
  /** x[r] + table[r mod T], T the rows of the table. */
  readonly addTable: { readonly x: M; readonly table: W };
  /** Each sequence of `length` rows, with one row in front of it. */
  readonly prepend: { readonly x: M; readonly row: W; readonly length: number };
  /** Each sequence of `length` rows, with their mean in front of it. */
  readonly prependMean: { readonly x: M; readonly length: number };
  /** x[indices[r]], for indices [R, 1] i32. */
  readonly select: { readonly x: M; readonly indices: M };
  /** x / ‖x‖₂ by row. */
  readonly l2Normalize: { readonly x: M };
}
