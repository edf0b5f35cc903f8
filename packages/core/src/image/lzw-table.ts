const MAX_CODES = 4096;
const MAX_BITS = 12;

/**
 * What the codes of GIF's and TIFF's LZW stand for: a shorter code's string and one byte behind it.
 */
export class StringTable {
  readonly clearCode: number;
  /** Bits that the next code has. */
  bits = 0;
  readonly #minimumBits: number;
  readonly #early: 0 | 1;
  readonly #prefix = new Uint16Array(MAX_CODES);
  readonly #last = new Uint8Array(MAX_CODES);
  readonly #first = new Uint8Array(MAX_CODES);
  readonly #length = new Uint32Array(MAX_CODES);
  /** The code that the next string gets. */
  #next = 0;
  /** The code before, −1 behind a clear code. */
  #previous = -1;

  /**
   * @param minimumBits - of the bytes that strings are made of
   * @param early - 1 where codes get another bit one code before they need it, as in TIFF
   */
  constructor(minimumBits: number, early: 0 | 1 = 0) {
    this.#minimumBits = minimumBits;
    this.#early = early;
    this.clearCode = 1 << minimumBits;
    for (let index = 0; index < this.clearCode; index++) {
      this.#last[index] = index;
      this.#first[index] = index;
      this.#length[index] = 1;
    }
    this.clear();
  }

  clear(): void {
    this.bits = this.#minimumBits + 1;
    this.#next = this.clearCode + 2;
    this.#previous = -1;
  }

  /** Learns what a code tells; false when it is the end code or means nothing here. */
  take(code: number): boolean {
    const previous = this.#previous;
    const isIndex = code < this.clearCode;
    const isKnown = code > this.clearCode + 1 && code < this.#next;
    // A code may stand for the very string that it completes: the one before and its own first.
    const isNext = code === this.#next && previous >= 0 && code < MAX_CODES;
    if (!isIndex && !(previous >= 0 && (isKnown || isNext))) return false;
    if (previous >= 0 && this.#next < MAX_CODES) this.#add(previous, isNext ? previous : code);
    this.#previous = code;
    return true;
  }

  /**
   * Writes a code's string, from its end, as the table knows it; what lies beyond `bytes` is left
   * out.
   *
   * @returns its length
   */
  write(code: number, bytes: Uint8Array, at: number): number {
    const length = this.#length[code]!;
    let part = code;
    for (let i = at + length - 1; i >= at; i--) {
      if (i < bytes.length) bytes[i] = this.#last[part]!;
      part = this.#prefix[part]!;
    }
    return length;
  }

  #add(previous: number, firstFrom: number): void {
    const code = this.#next++;
    this.#prefix[code] = previous;
    this.#first[code] = this.#first[previous]!;
    this.#last[code] = this.#first[firstFrom]!;
    this.#length[code] = this.#length[previous]! + 1;
    if (this.#next + this.#early === 1 << this.bits && this.bits < MAX_BITS) this.bits++;
  }
}
