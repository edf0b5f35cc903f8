import {
  type Background,
  BackgroundLevels,
  backgroundLevels,
  type CollectionSpread,
  collectionSpread,
  type FlatIndex,
} from '@clipql/core';
import type { Collection } from '../../collections/collection.ts';
import type { CollectionStore } from '../../collections/store.ts';
import { LoopSlices } from '../../limits/loop-slices.ts';

/** Up to so many new rows are measured by their vectors; for more, scans of the whole index are faster. */
const FEW_ROWS = 512;
/** Of the collection, for its spread. */
const SAMPLE = 256;
/** The spread is measured again when the collection has grown or shrunk by this part. */
const CHANGED = 0.1;
/** Rows between looks at the time. */
const ROWS_A_SLICE = 16_384;

/** What relevance needs to know of an index. */
export interface Measures {
  /** By row: like how much of the background its image is. NaN where there is no row. */
  readonly levels: Float32Array;
  readonly spread: CollectionSpread;
}

interface Kept {
  levels: Float32Array;
  spread: CollectionSpread;
  /** Rows that the spread was measured with. */
  size: number;
}

/** Of indexes that are in memory; they go with their index. */
const kept = new WeakMap<FlatIndex, Kept>();

/**
 * The levels of all rows and the spread of the collection. They are computed once for an index, by a scan for
 * each background word, and then for new rows alone.
 *
 * @param live scores of any query, by row; NaN where there is no row.
 */
export function measuresOf(index: FlatIndex, ...given: Given): Promise<Measures> {
  // One after the other: who comes second finds done what both need.
  const before = turns.get(index) ?? Promise.resolve();
  const turn = before.catch(() => {}).then(() => measure(index, ...given));
  turns.set(index, turn);
  return turn;
}

type Given = readonly [
  live: Float32Array,
  background: Background,
  store: CollectionStore,
  collection: Collection,
];

const turns = new WeakMap<FlatIndex, Promise<unknown>>();

async function measure(
  index: FlatIndex,
  ...[live, background, store, collection]: Given
): Promise<Measures> {
  const before = kept.get(index);
  const levels = new Float32Array(live.length).fill(Number.NaN);
  if (before !== undefined) levels.set(before.levels.subarray(0, live.length));
  const missing: number[] = [];
  const rows: number[] = [];
  for (let row = 0; row < live.length; row++) {
    if (Number.isNaN(live[row]!)) continue;
    rows.push(row);
    if (Number.isNaN(levels[row]!)) missing.push(row);
  }
  const vectorsOf = async (some: readonly number[]) => {
    const vectors = await store.vectors(collection, some);
    return some.flatMap((row, i) =>
      vectors[i] === undefined ? [] : [{ row, vector: vectors[i] }],
    );
  };
  if (missing.length > FEW_ROWS) {
    const scanned = await scannedLevels(index, background, live.length);
    for (const row of missing) levels[row] = scanned[row]!;
  } else if (missing.length > 0) {
    const found = await vectorsOf(missing);
    const exact = backgroundLevels(
      background,
      found.map(({ vector }) => vector),
    );
    found.forEach(({ row }, i) => {
      levels[row] = exact[i]!;
    });
  }
  const isStale =
    before === undefined ||
    Math.abs(rows.length - before.size) > CHANGED * Math.max(1, before.size);
  const spread = isStale
    ? collectionSpread(
        (await vectorsOf(sampleOf(rows))).map(({ vector }) => vector),
        background,
      )
    : before.spread;
  kept.set(index, { levels, spread, size: isStale ? rows.length : before.size });
  return { levels, spread };
}

async function scannedLevels(
  index: FlatIndex,
  { prompts, logitScale }: Background,
  rows: number,
): Promise<Float32Array> {
  const levels = new BackgroundLevels(rows, logitScale);
  const slices = new LoopSlices();
  for (const prompt of prompts) {
    const cosines = await index.scores(prompt);
    for (let row = 0; row < rows; row += ROWS_A_SLICE) {
      levels.add(cosines, row, Math.min(rows, row + ROWS_A_SLICE));
      await slices.next();
    }
  }
  return levels.finish();
}

/** Spread evenly over all rows. */
const sampleOf = (rows: readonly number[]): readonly number[] =>
  rows.length <= SAMPLE
    ? rows
    : Array.from({ length: SAMPLE }, (_, i) => rows[Math.floor((i * rows.length) / SAMPLE)]!);
