import type { ByteReader } from './byte-reader.ts';

const MAX_CODES = 4096;
const MAX_BITS = 12;

/**
 * Decodes the LZW data of a GIF frame (GIF89a specification, appendix F) to palette indices.
 *
 * @param at - offset of the minimum code size
 * @param count - indices to decode; what the data holds beyond them is not looked at
 * @throws ClipError IMAGE_CORRUPT when the data is damaged, cut short or ends before `count`.
 */
export function decodeLzw(reader: ByteReader, at: number, count: number): Uint8Array {
  const minimumBits = reader.u8(at);
  if (minimumBits < 1 || minimumBits > 8) {
    throw reader.corrupt(`expected an LZW code size of 1 to 8, got ${minimumBits}`);
  }
  const codes = new CodeReader(reader, at + 1);
  const table = new StringTable(minimumBits);
  const indices = new Uint8Array(count);
  for (let filled = 0; filled < count; ) {
    const code = codes.read(table.bits);
    if (code === table.clearCode) {
      table.clear();
    } else if (table.take(code)) {
      filled += table.write(code, indices, filled);
    } else {
      throw reader.corrupt(`its frame ends at ${filled} of ${count} pixels`);
    }
  }
  return indices;
}

/** What the codes stand for: a shorter code's string and one index behind it. */
class StringTable {
  readonly clearCode: number;
  /** Bits that the next code has. */
  bits = 0;
  readonly #minimumBits: number;
  readonly #prefix = new Uint16Array(MAX_CODES);
  readonly #last = new Uint8Array(MAX_CODES);
  readonly #first = new Uint8Array(MAX_CODES);
  readonly #length = new Uint32Array(MAX_CODES);
  /** The code that the next string gets. */
  #next = 0;
  /** The code before, −1 behind a clear code. */
  #previous = -1;

  constructor(minimumBits: number) {
    this.#minimumBits = minimumBits;
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
   * Writes a code's string, from its end, as the table knows it; what lies beyond the frame is left
   * out.
   *
   * @returns its length
   */
  write(code: number, indices: Uint8Array, at: number): number {
    const length = this.#length[code]!;
    let part = code;
    for (let i = at + length - 1; i >= at; i--) {
      if (i < indices.length) indices[i] = this.#last[part]!;
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
    if (this.#next === 1 << this.bits && this.bits < MAX_BITS) this.bits++;
  }
}

/** Reads codes, lowest bit first, over the borders of the data's sub-blocks. */
class CodeReader {
  readonly #reader: ByteReader;
  #at: number;
  /** Bytes left in the sub-block. */
  #block = 0;
  #buffer = 0;
  #bits = 0;

  constructor(reader: ByteReader, at: number) {
    this.#reader = reader;
    this.#at = at;
  }

  read(bits: number): number {
    while (this.#bits < bits) {
      if (this.#block === 0) this.#openBlock();
      this.#buffer |= this.#reader.u8(this.#at++) << this.#bits;
      this.#bits += 8;
      this.#block--;
    }
    const code = this.#buffer & ((1 << bits) - 1);
    this.#buffer >>>= bits;
    this.#bits -= bits;
    return code;
  }

  #openBlock(): void {
    this.#block = this.#reader.u8(this.#at++);
    if (this.#block === 0) throw this.#reader.corrupt("its frame's data ends too early");
  }
}
