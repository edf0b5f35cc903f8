/** Grows with every change to what a step does, be it to {@link RECIPE} or to code: a state is of one recipe. */
export const RECIPE_NUMBER = 4;

/**
 * The numbers that pictures are drawn with, found by looking at pictures of the embedded model. They are part of what a seed
 * means: other numbers, other pictures.
 */
export const RECIPE = {
  /** Views a step. */
  views: 16,
  /**
   * What the views of a batch are, at first and later. At first most are coarse: seen with few pixels, a picture pleases
   * by its shapes and not by fine patterns that mean nothing to people. Later the shapes are there, and get details.
   */
  earlyKinds: [
    'coarse',
    'coarse',
    'coarse',
    'coarse',
    'coarse',
    'large',
    'large',
    'small',
  ] as const,
  lateKinds: ['coarse', 'coarse', 'large', 'large', 'large', 'large', 'small', 'small'] as const,
  /** The share of the steps after which it is later. */
  lateFrom: 0.5,
  /** Sides of the squares that views show, as a share of the canvas. */
  largeSides: [0.85, 1] as readonly [number, number],
  smallSides: [0.5, 0.8] as readonly [number, number],
  /** Pixels a side of a coarse view, as powers of 2: 18 to 64. */
  coarsePowers: [4.2, 6] as readonly [number, number],
  /** How far a channel is at most multiplied, and moved, from what it is: 0 to 1. */
  gain: 0.12,
  bias: 0.05,
  /** How far all channels are moved together, and brought nearer to mid-grey or away from it. */
  light: 0.05,
  contrast: 0.25,
  /**
   * The probability with which a step drops each residual branch, by architecture. What pleases only a few of these many
   * models does not last. EfficientNet-Lite was trained with stochastic depth. The others were not, and are drawn with a
   * rate that changes little and takes less time.
   */
  dropRates: { 'efficientnet-lite': 0.5, clip: 0.1, siglip: 0.1, resnet: 0.1 },
  /** The largest standard deviation of a view's noise. */
  noise: 0.18,
  /** Step of a level of side r, where a picture takes n steps: rate · r^ratePower / √n. */
  rate: 0.11,
  ratePower: -0.55,
  momentum: 0.9,
  /** The share of the levels' values that goes with each of n steps: decay / √n. */
  decay: 0.28,
  /** Added to it for a start picture, times how firmly that is kept. */
  keepDecay: 0.7,
  /**
   * How much nearer to 0 a step brings each value of finer levels, as a multiple of the level's rate. What few steps agree
   * on stays 0, so that the ground is plain: in photographs most of these values are near 0.
   */
  threshold: 1.4,
  /** Pixels a side of the first level that is thresholded. */
  thresholdFrom: 8,
  /** The share of the steps after which the rate falls, linearly to 0, and values are averaged. */
  fallFrom: 0.6,
  /** The weight of all general words together, for prompts of weight 1. */
  generalWeight: 0.1,
};
