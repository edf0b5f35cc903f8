import { type Background, type CollectionSpread, collectionSpread, FlatIndex } from '@clipql/core';
import type { Collection } from '../../collections/collection.ts';
import type { VectorSearch } from '../../collections/vector-search.ts';

/** Items that stand for all of a collection. */
export interface Bulk {
  readonly vectors: readonly Float32Array[];
  /** How much each is like the background. */
  readonly levels: Float32Array;
  readonly spread: CollectionSpread;
  /** Items that the collection had. */
  readonly items: number;
}

const SAMPLE = 8_192;
/** Of the sample, for the spread. */
const SPREAD_SAMPLE = 256;
/** Drawn again when the collection has grown or shrunk by this part. */
const CHANGED = 0.1;

/** By collection and space, of each engine. */
const kept = new WeakMap<VectorSearch, Map<string, Promise<Bulk>>>();

/** @throws what the store throws. */
export async function bulkOf(
  engine: VectorSearch,
  background: Background,
  collection: Collection,
): Promise<Bulk> {
  const known = kept.get(engine) ?? new Map<string, Promise<Bulk>>();
  kept.set(engine, known);
  const key = `${collection.id} ${collection.space.hash}`;
  const before = await known.get(key)?.catch(() => undefined);
  const { items } = collection;
  if (before !== undefined && Math.abs(items - before.items) <= CHANGED * before.items) {
    return before;
  }
  const drawn = draw(engine, background, collection);
  known.set(key, drawn);
  return drawn;
}

async function draw(
  engine: VectorSearch,
  background: Background,
  collection: Collection,
): Promise<Bulk> {
  const sample = await engine.sample(collection, SAMPLE);
  const vectors = sample.map(({ vector }) => vector);
  const levels = await levelsOf(vectors, background);
  const some = vectors.slice(0, SPREAD_SAMPLE);
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
    return await index.logSumExp(packed(prompts, dimensions), logitScale);
  } finally {
    index.dispose();
  }
}

function packed(vectors: readonly Float32Array[], dimensions: number): Float32Array {
  const all = new Float32Array(vectors.length * dimensions);
  for (const [i, vector] of vectors.entries()) all.set(vector, i * dimensions);
  return all;
}
