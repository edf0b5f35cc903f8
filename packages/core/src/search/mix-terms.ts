import { ClipError } from '../errors.ts';
import { dot, normalized } from '../vectors.ts';
import type { CollectionSpread } from './collection-spread.ts';

/** A part of a query. */
export interface QueryTerm {
  /** How much it counts, relative to the others; less than 0 for what is not wanted. */
  readonly weight: number;
  /** What was embedded. */
  readonly kind: 'text' | 'image';
  /** [E], of length 1. */
  readonly embedding: Float32Array;
}

/** What items are scored with: the dot product with `vector`, less `levelWeight` times the item's level, less `offset`. */
interface LinearScore {
  /** [E], of any length. */
  readonly vector: Float32Array;
  readonly levelWeight: number;
  readonly offset: number;
}

/** Terms as one query. */
export interface MixedQuery extends LinearScore {
  /** Whether it is a single text that is wanted, whose scores are log odds against the background. */
  readonly isText: boolean;
  /** Standard deviation that its scores of unrelated items are expected to have. */
  readonly expectedDeviation: number;
  readonly terms: readonly (LinearScore & {
    /** The term's score of an average item. */
    readonly average: number;
  })[];
}

/**
 * How much of an item's own level a text is compared with; the rest is the mean level. A part of the mean
 * makes F1 half a point better: an item's own level takes some of what the word says away.
 */
const OWN_LEVEL = 0.6;

/** Vectors that are shorter than this share of what was added up have cancelled each other out. */
const CANCELLED = 1e-4;

/**
 * Adds up the terms of a query, with their weights.
 *
 * CLIP's texts and images lie apart (the modality gap, https://arxiv.org/abs/2203.02053), and cosines
 * between two images vary far more than those between a text and images: a plain sum is ruled by its
 * images. So each term is first scored by itself: an image by its dot product after the collection's mean is taken
 * away, a text by its log odds against the background. Each is then divided by the standard deviation that
 * such scores have in the collection. One text alone stays in log odds, whatever its weight.
 *
 * @param terms at least one; those of weight 0 count for nothing.
 * @throws ClipError BAD_INPUT for no terms, an embedding of another length, a number that is not finite, or
 *   terms that cancel each other out.
 * @example
 * ```ts
 * import { collectionSpread, mixTerms, scoreItem } from '@clipql/core';
 *
 * const background = { prompts: [Float32Array.of(1, 0), Float32Array.of(0, 1)], logitScale: 10 };
 * const images = [Float32Array.of(1, 0), Float32Array.of(0.6, 0.8), Float32Array.of(0, 1)];
 * const spread = collectionSpread(images, background);
 * const query = mixTerms([{ weight: 1, kind: 'text', embedding: images[2] }], spread);
 * console.log(scoreItem(query, images[2], 10).toFixed(1)); // 0.2
 * ```
 */
export function mixTerms(terms: readonly QueryTerm[], spread: CollectionSpread): MixedQuery {
  const used = terms.filter(({ weight }) => weight !== 0);
  if (used.length === 0) throw badInput('expected a term with a weight other than 0, got none');
  for (const term of used) checkTerm(term, spread.imageMean.length);
  const [first] = used;
  const isText = used.length === 1 && first!.kind === 'text' && first!.weight > 0;
  // Only what weights are to each other matters.
  const most = used.reduce((most, { weight }) => Math.max(most, Math.abs(weight)), 0);
  const parts = terms.map(({ weight, ...term }) => {
    const part = scoreOf(term, spread, isText);
    const share = isText ? Math.sign(weight) : weight / most;
    return {
      vector: part.vector.map((value) => value * share),
      levelWeight: part.levelWeight * share,
      offset: part.offset * share,
    };
  });
  const vector = sumOf(parts.map((part) => part.vector));
  const whole = parts.reduce((sum, part) => sum + length(part.vector), 0);
  if (length(vector) <= CANCELLED * whole) {
    throw badInput('expected terms that add up to something, got ones that cancel each other out');
  }
  return {
    isText,
    vector,
    levelWeight: parts.reduce((sum, part) => sum + part.levelWeight, 0),
    offset: parts.reduce((sum, part) => sum + part.offset, 0),
    expectedDeviation: isText
      ? spread.textDeviation
      : Math.hypot(...terms.map(({ weight }) => weight / most)),
    terms: parts.map((part) => ({
      ...part,
      average: scoreItem(part, spread.itemMean, spread.levelMean),
    })),
  };
}

/**
 * The score of an item.
 *
 * @param embedding [E], of length 1.
 * @param level of the item, by {@link backgroundLevels}.
 * @example
 * ```ts
 * import { scoreItem } from '@clipql/core';
 *
 * const query = { vector: Float32Array.of(0, 10), levelWeight: 1, offset: 0 };
 * console.log(scoreItem(query, Float32Array.of(0.6, 0.8), 8.5).toFixed(1)); // -0.5
 * ```
 */
export const scoreItem = (
  { vector, levelWeight, offset }: LinearScore,
  embedding: Float32Array,
  level: number,
): number => dot(vector, embedding) - levelWeight * level - offset;

/**
 * How much of an item's score each term is for: what the term gives it beyond an average item. Less than 0 for
 * a term that speaks against it.
 *
 * @returns one number for each term, whose absolute values add up to 1.
 * @example
 * ```ts
 * import { collectionSpread, mixTerms, type QueryTerm, termShares } from '@clipql/core';
 *
 * const background = { prompts: [Float32Array.of(1, 0), Float32Array.of(0, 1)], logitScale: 10 };
 * const images = [Float32Array.of(1, 0), Float32Array.of(0.6, 0.8), Float32Array.of(0, 1)];
 * const terms: QueryTerm[] = [
 *   { weight: 1, kind: 'text', embedding: images[2] },
 *   { weight: -1, kind: 'image', embedding: images[0] },
 * ];
 * const query = mixTerms(terms, collectionSpread(images, background));
 * const shares = termShares(query, images[2], 10);
 * console.log(shares.every((share) => share > 0)); // true
 * ```
 */
export function termShares(
  query: MixedQuery,
  embedding: Float32Array,
  level: number,
): readonly number[] {
  const beyond = query.terms.map((term) => scoreItem(term, embedding, level) - term.average);
  const sum = beyond.reduce((sum, value) => sum + Math.abs(value), 0) || 1;
  return beyond.map((value) => value / sum);
}

/**
 * The cosine of a query with an item: of one term that is wanted, that of its embedding.
 *
 * @example
 * ```ts
 * import { collectionSpread, mixTerms, type QueryTerm, queryCosine } from '@clipql/core';
 *
 * const background = { prompts: [Float32Array.of(1, 0), Float32Array.of(0, 1)], logitScale: 10 };
 * const images = [Float32Array.of(1, 0), Float32Array.of(0.6, 0.8), Float32Array.of(0, 1)];
 * const terms: QueryTerm[] = [
 *   { weight: 1, kind: 'text', embedding: images[2] },
 *   { weight: -1, kind: 'image', embedding: images[0] },
 * ];
 * const query = mixTerms(terms, collectionSpread(images, background));
 * console.log(queryCosine(query, terms.slice(0, 1), images[1]).toFixed(1)); // 0.8
 * ```
 */
export function queryCosine(
  query: MixedQuery,
  terms: readonly QueryTerm[],
  embedding: Float32Array,
): number {
  const [first, ...others] = terms;
  const isOne = others.length === 0 && first!.weight > 0;
  const cosine = dot(isOne ? first!.embedding : normalized(query.vector), embedding);
  // Rounding may lead a little out of −1 to 1.
  return Math.min(1, Math.max(-1, cosine));
}

function scoreOf(
  { kind, embedding }: Omit<QueryTerm, 'weight'>,
  { imageMean, imageDeviation, textDeviation, logitScale, levelMean }: CollectionSpread,
  isText: boolean,
): LinearScore {
  if (kind === 'image') {
    const vector = embedding.map((value, i) => (value - imageMean[i]!) / imageDeviation);
    return { vector, levelWeight: 0, offset: 0 };
  }
  const deviation = isText ? 1 : textDeviation;
  const vector = embedding.map((value) => (value * logitScale) / deviation);
  return {
    vector,
    levelWeight: OWN_LEVEL / deviation,
    offset: ((1 - OWN_LEVEL) * levelMean) / deviation,
  };
}

function checkTerm({ weight, embedding }: QueryTerm, width: number): void {
  if (!Number.isFinite(weight)) throw badInput(`expected a finite weight, got ${weight}`);
  if (embedding.length !== width) {
    throw badInput(`expected an embedding of ${width} values, got ${embedding.length}`);
  }
  const bad = embedding.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1) {
    throw badInput(`expected finite numbers, got ${embedding[bad]} at ${bad} of an embedding`);
  }
}

function sumOf(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float64Array(vectors[0]!.length);
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]!;
  return Float32Array.from(sum);
}

const length = (vector: Float32Array): number => Math.sqrt(dot(vector, vector));

const badInput = (message: string) => new ClipError('BAD_INPUT', message);
