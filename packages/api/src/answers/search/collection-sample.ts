import { type Background, type CollectionSpread, collectionSpread, FlatIndex } from '@clipql/core';
import { LRUCache } from 'lru-cache';
import type { Collection } from '../../collections/collection.ts';
import type { VectorSearch } from '../../collections/vector-search.ts';

/** Items at random that stand for all of a collection. */
export interface CollectionSample {
  readonly vectors: readonly Float32Array[];
  /** How much each is like the background. */
  readonly levels: Float32Array;
  readonly spread: CollectionSpread;
  /** Items that the collection had. */
  readonly items: number;
}

const SIZE = 8_192;
/** Of the sample, for the spread. */
const SPREAD_SIZE = 256;
/** Drawn again when the collection has grown or shrunk by this part. */
const CHANGED = 0.1;
/** Of all samples in memory: those of 8 collections at 512 numbers. */
const MAX_BYTES = 128 * 2 ** 20;

type Samples = LRUCache<string, Promise<CollectionSample>>;

/** By collection and space, of each engine. */
const kept = new WeakMap<VectorSearch, Samples>();

/** @throws what the store throws. */
export async function sampleOf(
  engine: VectorSearch,
  background: Background,
  collection: Collection,
): Promise<CollectionSample> {
  const samples: Samples = kept.get(engine) ?? new LRUCache({ maxSize: MAX_BYTES });
  kept.set(engine, samples);
  const { id, items, space } = collection;
  const key = `${id} ${space.hash}`;
  const before = await samples.get(key)?.catch(() => undefined);
  if (before !== undefined && Math.abs(items - before.items) <= CHANGED * before.items) {
    return before;
  }
  const drawn = draw(engine, background, collection);
  const bytes = SIZE * space.dimensions * Float32Array.BYTES_PER_ELEMENT;
  samples.set(key, drawn, { size: bytes });
  return drawn;
}

async function draw(
  engine: VectorSearch,
  background: Background,
  collection: Collection,
): Promise<CollectionSample> {
  const sample = await engine.sample(collection, SIZE);
  const vectors = sample.map(({ vector }) => vector);
  const levels = await levelsOf(vectors, background);
  const some = vectors.slice(0, SPREAD_SIZE);
  const spread = collectionSpread(some, background, levels.subarray(0, some.length));
  return { vectors, levels, spread, items: collection.items };
}

/** How much vectors are like the background, by the kernels that score rows. */
export async function levelsOf(
  vectors: readonly Float32Array[],
  { prompts, logitScale }: Background,
): Promise<Float32Array> {
  const dimensions = prompts[0]!.length;
  const index = await FlatIndex.create({ dimensions, threads: 1 });
  try {
    await index.append(packed(vectors, dimensions));
    return (await index.logSumExp(packed(prompts, dimensions), logitScale)).values;
  } finally {
    index.dispose();
  }
}

/** [vectors·E]. */
export function packed(vectors: readonly Float32Array[], dimensions: number): Float32Array {
  const all = new Float32Array(vectors.length * dimensions);
  for (const [i, vector] of vectors.entries()) all.set(vector, i * dimensions);
  return all;
}
