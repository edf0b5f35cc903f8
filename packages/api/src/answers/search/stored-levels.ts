import { RowValues } from '@clipql/core';
import type { Collection } from '../../collections/collection.ts';
import type { CollectionStore } from '../../collections/store.ts';
import { BACKGROUND } from './background-of.ts';

/**
 * Levels are kept when there are so many new ones: a process that begins computes fewer by itself, which takes less than
 * 100 ms, so no search waits for a disk because some items are new.
 */
const ROWS_A_WRITE = 4_096;
/** Of one write: 2 MB. */
const ROWS_A_PART = 2 ** 18;
/** Where there are this many times as many levels as rows, those of rows that are gone are forgotten. */
const MOST_GONE = 2;

/** What a store has of a collection's levels. */
export interface StoredLevels {
  readonly count: number;
  /** The row of the last of them, −1 where there are none. */
  readonly last: number;
}

/** Whether most levels are those of rows that are gone. */
export const areMostlyGone = (levels: number, rows: number): boolean =>
  levels > MOST_GONE * rows + ROWS_A_WRITE;

/**
 * Stores new levels, if there are enough of them, or all again if most of the stored ones are of rows that are gone.
 * Searches neither wait for this nor fail with it, for example when the disk is full.
 *
 * @param levels of all rows that are there, up to some.
 * @returns what the store has then.
 */
export function keepNewLevels(
  levels: RowValues,
  stored: StoredLevels,
  store: CollectionStore,
  collection: Collection,
): StoredLevels {
  const last = levels.rows.at(-1) ?? -1;
  const replace = last !== -1 && areMostlyGone(stored.count, levels.rows.length);
  const { rows, values } = replace ? levels : levels.after(stored.last);
  if (!replace && rows.length < ROWS_A_WRITE) return stored;
  const write = async () => {
    for (let start = 0, after = stored.last; start < rows.length; start += ROWS_A_PART) {
      const end = start + ROWS_A_PART;
      const part = new RowValues(rows.slice(start, end), values.slice(start, end));
      await store.keepLevels(collection, BACKGROUND, part, {
        after,
        replace: replace && start === 0,
      });
      after = part.rows.at(-1)!;
    }
  };
  write().catch(() => {});
  return { count: replace ? rows.length : stored.count + rows.length, last };
}
