import type { RowValues } from '@clipql/core';
import type { StoredLevels } from './stored-levels.ts';

/** Levels that a store has, for whoever goes over rows in their order; no more of them are in memory than that takes. */
export class LevelReader {
  readonly #parts: AsyncIterator<RowValues>;
  #read: readonly RowValues[] = [];
  #isAll = false;
  #stored: StoredLevels = { count: 0, last: -1 };

  /** @param parts as a store gives them. */
  constructor(parts: AsyncIterable<RowValues>) {
    this.#parts = parts[Symbol.asyncIterator]();
  }

  /**
   * The levels of some rows; undefined unless all of them are stored.
   *
   * @param rows ascending, and above all rows of earlier calls.
   * @throws what the store throws.
   */
  async of(rows: Uint32Array): Promise<Float32Array | undefined> {
    this.#read = this.#read.filter((part) => part.rows.at(-1)! >= rows[0]!);
    while (this.#stored.last < rows.at(-1)! && (await this.#readPart()));
    const levels = new Float32Array(rows.length);
    for (const [i, row] of rows.entries()) {
      const level = this.#read.find((part) => part.rows.at(-1)! >= row)?.get(row);
      if (level === undefined) return undefined;
      levels[i] = level;
    }
    return levels;
  }

  /** All that the store has, once those are read that are left. @throws what the store throws. */
  async stored(): Promise<StoredLevels> {
    while (await this.#readPart()) this.#read = [];
    return this.#stored;
  }

  async #readPart(): Promise<boolean> {
    if (this.#isAll) return false;
    const { done, value } = await this.#parts.next();
    if (done === true) {
      this.#isAll = true;
      return false;
    }
    this.#read = [...this.#read, value];
    const count = this.#stored.count + value.rows.length;
    this.#stored = { count, last: value.rows.at(-1)! };
    return true;
  }
}
