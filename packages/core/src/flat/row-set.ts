/**
 * A set of row numbers, one bit each: what a filter leaves of a collection.
 *
 * @example
 * ```ts
 * import { RowSet } from '@clipql/core';
 *
 * const rows = RowSet.of([3, 40, 3]);
 * console.log(rows.has(40), rows.has(4), rows.size); // true false 2
 * ```
 */
export class RowSet {
  /** Row r is bit r mod 32 of word ⌊r / 32⌋; rows beyond the last word are not in the set. */
  readonly words: Uint32Array;

  constructor(words: Uint32Array) {
    this.words = words;
  }

  /** @param rows whole numbers from 0 to 2³² − 1. */
  static of(rows: Iterable<number>): RowSet {
    const all = Uint32Array.from(rows);
    const last = all.reduce((most, row) => Math.max(most, row), 0);
    const words = new Uint32Array(Math.floor(last / 32) + 1);
    for (const row of all) words[row >>> 5]! |= 1 << (row & 31);
    return new RowSet(words);
  }

  /**
   * Whether a row is in the set.
   *
   * @example
   * ```ts
   * import { RowSet } from '@clipql/core';
   *
   * const even = RowSet.of([0, 2, 4]);
   * console.log([1, 2].map((row) => even.has(row)).join(' ')); // false true
   * ```
   */
  has(row: number): boolean {
    return ((this.words[row >>> 5] ?? 0) & (1 << (row & 31))) !== 0;
  }

  /**
   * Its rows, ascending.
   *
   * @example
   * ```ts
   * import { RowSet } from '@clipql/core';
   *
   * console.log([...RowSet.of([40, 3])].join(' ')); // 3 40
   * ```
   */
  *[Symbol.iterator](): Generator<number> {
    for (let at = 0; at < this.words.length; at++) {
      for (let bits = this.words[at]!; bits !== 0; bits &= bits - 1) {
        yield at * 32 + 31 - Math.clz32(bits & -bits);
      }
    }
  }

  /** How many rows it has. */
  get size(): number {
    return this.words.reduce((count, word) => count + ones(word), 0);
  }
}

/** Bits that are set, by adding up neighbours in parallel. */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
