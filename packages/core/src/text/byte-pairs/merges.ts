import { KeyTable } from './key-table.ts';

/** A pair of tokens as a key: the low and the high half of each one's number. */
const PAIR_UNITS = 4;

/** Pairs of tokens that become one. A pair's rank is its place in the order in which they were added. */
export class Merges {
  private readonly pairs: KeyTable;
  private readonly tokens: Int32Array;
  private readonly key = new Uint16Array(PAIR_UNITS);

  /** @param count the most that there will be. */
  constructor(count: number) {
    this.pairs = new KeyTable(count, PAIR_UNITS);
    this.tokens = new Int32Array(count);
  }

  add(left: number, right: number, token: number): void {
    this.tokens[this.pairs.add(this.keyOf(left, right), PAIR_UNITS)] = token;
  }

  /** @returns -1 where the two do not become one. */
  rank(left: number, right: number): number {
    return this.pairs.find(this.keyOf(left, right), PAIR_UNITS);
  }

  /** The token that a pair of this rank becomes. */
  token(rank: number): number {
    return this.tokens[rank]!;
  }

  private keyOf(left: number, right: number): Uint16Array {
    this.key[0] = left;
    this.key[1] = left >>> 16;
    this.key[2] = right;
    this.key[3] = right >>> 16;
    return this.key;
  }
}
