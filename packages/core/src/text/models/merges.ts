import { KeyTable } from '../vocabulary/key-table.ts';

/** A pair of tokens as a key: the low and the high half of each one's number. */
const PAIR_UNITS = 4;

/** Pairs of tokens that become one. A pair's rank is its place in the order in which they were added. */
export class Merges {
  readonly #pairs: KeyTable;
  readonly #key = new Uint16Array(PAIR_UNITS);

  /** @param count the most that there will be. */
  constructor(count: number) {
    this.#pairs = new KeyTable(count, PAIR_UNITS);
  }

  add(left: number, right: number): void {
    this.#pairs.add(this.#keyOf(left, right), PAIR_UNITS);
  }

  /** @returns -1 where the two do not become one. */
  rank(left: number, right: number): number {
    return this.#pairs.find(this.#keyOf(left, right), PAIR_UNITS);
  }

  #keyOf(left: number, right: number): Uint16Array {
    this.#key[0] = left;
    this.#key[1] = left >>> 16;
    this.#key[2] = right;
    this.#key[3] = right >>> 16;
    return this.#key;
  }
}
