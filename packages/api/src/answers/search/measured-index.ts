import {
  type Background,
  type CollectionSpread,
  collectionSpread,
  type FlatIndex,
  RowValues,
} from '@clipql/core';
import { allLevels } from '../../collections/all-levels.ts';
import type { Collection } from '../../collections/collection.ts';
import type { CollectionStore } from '../../collections/store.ts';
import { BACKGROUND } from './background-of.ts';
import { packed } from './collection-sample.ts';
import { eachPiece } from './row-pieces.ts';
import { RowSample } from './row-sample.ts';
import { areMostlyGone, keepNewLevels, type StoredLevels } from './stored-levels.ts';

/** Of the collection, evenly over its rows, for its spread. */
export const SPREAD_ROWS = 256;
/** The spread is measured again when the collection has grown or shrunk by this part. */
const CHANGED = 0.1;

/** What relevance needs to know of an index. */
export interface Measures {
  /** How much images are like the background; some of rows that are gone may be among them. */
  readonly levels: RowValues;
  readonly spread: CollectionSpread;
}

interface Kept extends Measures {
  /** Items that the spread was measured with. */
  readonly size: number;
  /** Rows below this have a level. */
  readonly end: number;
  readonly stored: StoredLevels;
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
  const known = before ?? (await storedMeasures(store, collection));
  const { nextRow, size } = index;
  const levels = nextRow > known.end ? await withNewRows(index, background, known) : known.levels;
  const stored = keepNewLevels(levels, known.stored, store, collection);
  const end = Math.max(nextRow, known.end);
  const isStale =
    before === undefined || Math.abs(size - before.size) > CHANGED * Math.max(1, before.size);
  const measures: Kept = isStale
    ? { levels, size, end, stored, spread: await spreadOf(index, levels, ...given) }
    : { ...before, levels, end, stored };
  kept.set(index, measures);
  return measures;
}

async function storedMeasures(
  store: CollectionStore,
  collection: Collection,
): Promise<Pick<Kept, 'end' | 'levels' | 'stored'>> {
  const levels = await allLevels(store, collection, BACKGROUND);
  const last = levels.rows.at(-1) ?? -1;
  return { levels, end: last + 1, stored: { count: levels.rows.length, last } };
}

async function withNewRows(
  index: FlatIndex,
  { prompts, logitScale }: Background,
  { levels, end }: Pick<Kept, 'end' | 'levels'>,
): Promise<RowValues> {
  const added = await index.logSumExp(packed(prompts, index.dimensions), logitScale, end);
  const all = RowValues.concat([levels, added]);
  return areMostlyGone(all.rows.length, index.size) ? ofRows(all, await index.rows()) : all;
}

/** Those of some rows, and of all behind these, which an index may not have yet. */
function ofRows({ rows, values }: RowValues, wanted: Uint32Array): RowValues {
  const places: number[] = [];
  let next = 0;
  for (const [place, row] of rows.entries()) {
    while (next < wanted.length && wanted[next]! < row) next++;
    if (next === wanted.length || wanted[next] === row) places.push(place);
  }
  return new RowValues(
    Uint32Array.from(places, (place) => rows[place]!),
    Float32Array.from(places, (place) => values[place]!),
  );
}

async function spreadOf(
  index: FlatIndex,
  levels: RowValues,
  ...[background, store, collection]: Given
): Promise<CollectionSpread> {
  const rows = await index.rows();
  const sample = new RowSample(SPREAD_ROWS, rows.length);
  await eachPiece(rows.length, (from, to) => {
    for (let i = from; i < to; i++) sample.offer(rows[i]!);
  });
  const vectors = await store.vectors(collection, sample.rows);
  const found = sample.rows.flatMap((row, i) => {
    const [vector, level] = [vectors[i], levels.get(row)];
    return vector === undefined || level === undefined ? [] : [{ vector, level }];
  });
  return collectionSpread(
    found.map(({ vector }) => vector),
    background,
    Float32Array.from(found, ({ level }) => level),
  );
}
