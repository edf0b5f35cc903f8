import { grouped } from '../../errors.ts';
import type { ByteReader } from '../byte-reader.ts';
import { StringTable } from '../lzw-table.ts';

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
      throw reader.corrupt(`its frame ends at ${grouped(filled)} of ${grouped(count)} pixels`);
    }
  }
  return indices;
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
