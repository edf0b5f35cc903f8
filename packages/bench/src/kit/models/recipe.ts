/**
 * The recipe that weights and pixels are made by, so that a case costs no download: a value follows
 * from its tensor's name, its place in the tensor, and a seed.
 *
 * @see ../reference/README.md for the formulas.
 */

const SEED_STEP = 0x85ebca6b;
const INDEX_STEP = 0x9e3779b9;

/** Weights have this seed, whatever the seed of the case. */
const WEIGHT_SEED = 0;
/** What the recipe has as `logit_scale`: about the log of 100, where OpenAI's models ended. */
const LOGIT_SCALE = 4.6052;
/** And as `logit_bias`. */
const LOGIT_BIAS = -9.5;

/** Whose names the tensors have, and so which rules the weights follow. */
export type Recipe = 'transformers' | 'openai' | 'openai-resnet';

/** FNV-1a, 32 bits, of the name's UTF-8 bytes. */
export function fnv1a(name: string): number {
  let hash = 2166136261;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 16777619);
  return hash >>> 0;
}

/**
 * Values of a tensor of the checkpoint, float32.
 *
 * @param name the tensor's name in the state dict of Hugging Face's `CLIPModel` or `SiglipModel`, or of OpenAI's
 *   `CLIP`.
 * @param first where in the tensor the values begin, counted in row-major order.
 * @param target filled with the values from `first` on.
 */
export function fillWeight(
  name: string,
  shape: readonly number[],
  first: number,
  target: Float32Array,
  recipe: Recipe = 'transformers',
): void {
  const { centre, spread } = DISTRIBUTIONS[recipe](name, shape);
  const start = streamStart(name, WEIGHT_SEED);
  for (let i = 0; i < target.length; i++) target[i] = centre + spread * uniform(start, first + i);
}

/** The images of a case: [B, 3, S, S], already normalised, one array [3·S·S] an image. */
export function recipePixels(images: number, size: number, seed: number): Float32Array[] {
  const start = streamStart('pixel_values', seed);
  const values = 3 * size * size;
  return Array.from({ length: images }, (_, image) =>
    Float32Array.from({ length: values }, (_, i) => 2 * uniform(start, image * values + i)),
  );
}

/** The first numbers of a name's stream, in [−1, 1). */
export function recipeNumbers(name: string, length: number, seed: number): Float64Array {
  const start = streamStart(name, seed);
  return Float64Array.from({ length }, (_, i) => uniform(start, i));
}

interface Distribution {
  readonly centre: number;
  readonly spread: number;
}

const DISTRIBUTIONS = {
  transformers,
  openai: (name: string, shape: readonly number[]) => openAi(name, shape, false),
  'openai-resnet': (name: string, shape: readonly number[]) => openAi(name, shape, true),
};

function transformers(name: string, shape: readonly number[]): Distribution {
  if (name === 'logit_scale') return { centre: LOGIT_SCALE, spread: 0 };
  if (name === 'logit_bias') return { centre: LOGIT_BIAS, spread: 0 };
  if (name.endsWith('.probe')) return { centre: 0, spread: 1 };
  const isBias = name.endsWith('bias');
  if (name.includes('norm'))
    return isBias ? { centre: 0, spread: 0.1 } : { centre: 1, spread: 0.2 };
  const isEmbedding = name.includes('embedding') && !name.includes('patch_embedding');
  if (isBias || isEmbedding) return { centre: 0, spread: 0.05 };
  return { centre: 0, spread: Math.sqrt(3 / fanIn(shape)) };
}

/** The first rule that fits. */
function openAi(name: string, shape: readonly number[], isResNet: boolean): Distribution {
  if (name === 'logit_scale') return { centre: LOGIT_SCALE, spread: 0 };
  if (name === 'logit_bias') return { centre: LOGIT_BIAS, spread: 0 };
  if (name.endsWith('.latent')) return { centre: 0, spread: 1 };
  if (name.endsWith('running_mean')) return { centre: 0, spread: 0.1 };
  if (name.endsWith('running_var')) return { centre: 1, spread: 0.2 };
  if (isResNet && shape.length === 4) return { centre: 0, spread: Math.sqrt(6 / fanIn(shape)) };
  if (isResNet && /^visual\.layer.*\.bn3\.weight$/.test(name)) return { centre: 0.5, spread: 0.2 };
  const isBias = name.endsWith('bias');
  if (/(?:^|\.)(?:ln_|bn\d|downsample\.1|norm)/.test(name)) {
    return isBias ? { centre: 0, spread: 0.1 } : { centre: 1, spread: 0.2 };
  }
  const isEmbedding = name.includes('embedding') || name.endsWith('.pos_embed');
  if (isBias || isEmbedding) return { centre: 0, spread: 0.05 };
  const isFromTheRight = name === 'visual.proj' || name === 'text_projection';
  return { centre: 0, spread: Math.sqrt(3 / (isFromTheRight ? shape[0]! : fanIn(shape))) };
}

const fanIn = (shape: readonly number[]): number => shape.slice(1).reduce((a, b) => a * b, 1);

const streamStart = (name: string, seed: number): number =>
  (fnv1a(name) + Math.imul(seed, SEED_STEP)) | 0;

/** MurmurHash3's finaliser over a Weyl sequence, brought to [−1, 1). */
function uniform(start: number, i: number): number {
  let x = (start + Math.imul(i, INDEX_STEP)) | 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  x ^= x >>> 16;
  return ((x >>> 0) / 2 ** 32) * 2 - 1;
}
