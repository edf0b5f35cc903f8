/** A set of rows that is being made: one bit each, as `RowSet` of core has them. */
export class RowBits {
  readonly words: Uint32Array;

  /** @param last the highest row. */
  constructor(last: number) {
    this.words = new Uint32Array(Math.floor(last / 32) + 1);
  }

  add(row: number): void {
    this.words[row >>> 5]! |= 1 << (row & 31);
  }

  has(row: number): boolean {
    return (this.words[row >>> 5]! & (1 << (row & 31))) !== 0;
  }

  and({ words }: RowBits): this {
    for (let i = 0; i < words.length; i++) this.words[i]! &= words[i]!;
    return this;
  }

  or({ words }: RowBits): this {
    for (let i = 0; i < words.length; i++) this.words[i]! |= words[i]!;
    return this;
  }

  without({ words }: RowBits): this {
    for (let i = 0; i < words.length; i++) this.words[i]! &= ~words[i]!;
    return this;
  }
}
