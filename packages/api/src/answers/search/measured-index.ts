import {
  type Background,
  type CollectionSpread,
  collectionSpread,
  type FlatIndex,
} from '@clipql/core';
import type { Collection } from '../../collections/collection.ts';
import type { CollectionStore } from '../../collections/store.ts';
import { BACKGROUND } from './background-of.ts';
import { eachPiece } from './row-pieces.ts';
import { RowSample } from './row-sample.ts';

/** Of the collection, evenly over its rows, for its spread. */
export const SPREAD_ROWS = 256;
/** The spread is measured again when the collection has grown or shrunk by this part. */
const CHANGED = 0.1;

/**
 * Rows whose levels are written at once: a process that begins computes fewer by itself, which takes less than 100 ms, so
 * no search waits for a disk because some items are new.
 */
const ROWS_A_WRITE = 4_096;

/** What relevance needs to know of an index. */
export interface Measures {
  /** By row: how much its image is like the background. NaN, or anything, where there is no row. */
  readonly levels: Float32Array;
  readonly spread: CollectionSpread;
}

interface Kept extends Measures {
  /** Items that the spread was measured with. */
  readonly size: number;
  /** Rows whose levels are in the store. */
  readonly stored: number;
}

/** Of indexes that are in memory; they go with their index. */
const kept = new WeakMap<FlatIndex, Kept>();
const turns = new WeakMap<FlatIndex, Promise<unknown>>();

type Given = readonly [background: Background, store: CollectionStore, collection: Collection];

/**
 * The levels of all rows, of which only those are computed that no process has computed before, and the spread of the
 * collection.
 */
export function measuresOf(index: FlatIndex, ...given: Given): Promise<Measures> {
  // One after the other: who comes second finds done what both need.
  const before = turns.get(index) ?? Promise.resolve();
  const turn = before.catch(() => {}).then(() => measure(index, ...given));
  turns.set(index, turn);
  return turn;
}

async function measure(index: FlatIndex, ...given: Given): Promise<Measures> {
  const [background, store, collection] = given;
  const before = kept.get(index);
  const known = before?.levels ?? (await store.levels(collection, BACKGROUND));
  const levels = await withNewRows(index, background, known);
  const { size } = index;
  const stored = keepNewLevels(levels, before?.stored ?? known.length, store, collection);
  const isStale =
    before === undefined || Math.abs(size - before.size) > CHANGED * Math.max(1, before.size);
  const measures: Kept = isStale
    ? { levels, size, stored, spread: await spreadOf(index, levels, ...given) }
    : { ...before, levels, stored };
  kept.set(index, measures);
  return measures;
}

/**
 * Keeps the levels of rows in the store, if there are enough.
 *
 * @param stored rows whose levels are there.
 * @returns how many are there then.
 */
export function keepNewLevels(
  levels: Float32Array,
  stored: number,
  store: CollectionStore,
  collection: Collection,
): number {
  if (levels.length < stored + ROWS_A_WRITE) return stored;
  // A search can do without, where the disk is full.
  store.keepLevels(collection, BACKGROUND, stored, levels.slice(stored)).catch(() => {});
  return levels.length;
}

async function withNewRows(
  index: FlatIndex,
  { prompts, logitScale }: Background,
  known: Float32Array,
): Promise<Float32Array> {
  if (known.length >= index.nextRow) return known;
  const queries = new Float32Array(prompts.length * index.dimensions);
  for (const [i, prompt] of prompts.entries()) queries.set(prompt, i * index.dimensions);
  const added = await index.logSumExp(queries, logitScale, known.length);
  const levels = new Float32Array(known.length + added.length);
  levels.set(known);
  levels.set(added, known.length);
  return levels;
}

async function spreadOf(
  index: FlatIndex,
  levels: Float32Array,
  ...[background, store, collection]: Given
): Promise<CollectionSpread> {
  const live = await index.scores(background.prompts[0]!);
  const sample = new RowSample(SPREAD_ROWS, index.size);
  await eachPiece(Math.min(live.length, levels.length), (from, to) => {
    for (let row = from; row < to; row++) if (!Number.isNaN(live[row]!)) sample.offer(row);
  });
  const vectors = await store.vectors(collection, sample.rows);
  const found = sample.rows.flatMap((row, i) =>
    vectors[i] === undefined ? [] : [{ vector: vectors[i], level: levels[row]! }],
  );
  return collectionSpread(
    found.map(({ vector }) => vector),
    background,
    Float32Array.from(found, ({ level }) => level),
  );
}
