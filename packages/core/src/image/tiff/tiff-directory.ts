import { ByteReader } from '../byte-reader.ts';

/** Bytes of a value, by type: BYTE, SHORT, LONG, and UNDEFINED, which holds bytes. */
const TYPE_BYTES: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 7: 1 };
/** Pages that are looked at to find out whether their chain is a loop. */
const MAX_PAGES = 65_536;

/** The first image directory of a TIFF; a field's values are read when they are asked for. */
export class TiffDirectory {
  readonly reader: ByteReader;
  readonly little: boolean;
  /** Offset of a field's 12 bytes, by tag. */
  readonly #fields = new Map<number, number>();

  /**
   * @throws ClipError IMAGE_CORRUPT when the directory is cut short, or the pages' chain is a loop,
   *   in which readers of all pages would be caught.
   */
  constructor(bytes: Uint8Array) {
    this.reader = new ByteReader(bytes, 'TIFF');
    this.little = this.reader.u8(0) === 0x49;
    const first = this.#u32(4);
    const fields = this.#u16(first);
    this.reader.expect(first + 2, fields * 12);
    for (let i = fields - 1; i >= 0; i--) {
      const at = first + 2 + i * 12;
      this.#fields.set(this.#u16(at), at);
    }
    this.#checkChain(first);
  }

  has(tag: number): boolean {
    return this.#fields.has(tag);
  }

  /** How many values a field has, 0 where it is missing. */
  count(tag: number): number {
    const at = this.#fields.get(tag);
    return at === undefined ? 0 : this.#u32(at + 4);
  }

  /**
   * A field's values.
   *
   * @throws ClipError IMAGE_CORRUPT when they lie beyond the file or are not whole numbers.
   */
  values(tag: number): readonly number[] {
    const { at, bytes, count } = this.#locate(tag);
    const read = [this.#u8, this.#u8, this.#u16, this.#u32, this.#u32][bytes]!;
    return Array.from({ length: count }, (_, i) => read.call(this, at + i * bytes));
  }

  /** A field's first value, or what it has where it is missing. */
  value(tag: number, fallback: number): number {
    if (!this.has(tag)) return fallback;
    const { at, bytes, count } = this.#locate(tag);
    if (count === 0) throw this.reader.corrupt(`its field ${tag} is empty`);
    return bytes === 1 ? this.#u8(at) : bytes === 2 ? this.#u16(at) : this.#u32(at);
  }

  /** The bytes of a field that holds them; undefined where it is missing. */
  bytes(tag: number): Uint8Array | undefined {
    if (!this.has(tag)) return undefined;
    const { at, bytes, count } = this.#locate(tag);
    return this.reader.slice(at, bytes * count);
  }

  #locate(tag: number): { at: number; bytes: number; count: number } {
    const field = this.#fields.get(tag);
    if (field === undefined) throw this.reader.corrupt(`it has no field ${tag}`);
    const type = this.#u16(field + 2);
    const count = this.#u32(field + 4);
    const bytes = TYPE_BYTES[type];
    if (bytes === undefined) throw this.reader.corrupt(`its field ${tag} has type ${type}`);
    const at = bytes * count <= 4 ? field + 8 : this.#u32(field + 8);
    this.reader.expect(at, bytes * count);
    return { at, bytes, count };
  }

  #checkChain(first: number): void {
    const seen = new Set<number>();
    for (let at = first; at !== 0 && at + 2 <= this.reader.length; ) {
      if (seen.has(at)) throw this.reader.corrupt('its pages follow each other in a loop');
      if (seen.size === MAX_PAGES) throw this.reader.corrupt(`expected at most ${MAX_PAGES} pages`);
      seen.add(at);
      const next = at + 2 + this.#u16(at) * 12;
      // What is missing behind the first page costs other pages alone.
      at = next + 4 <= this.reader.length ? this.#u32(next) : 0;
    }
  }

  #u8(at: number): number {
    return this.reader.u8(at);
  }

  #u16(at: number): number {
    return this.little ? this.reader.u16le(at) : this.reader.u16be(at);
  }

  #u32(at: number): number {
    return this.little ? this.reader.u32le(at) : this.reader.u32be(at);
  }
}
