import { ClipError, grouped } from '../errors.ts';

/**
 * Reads numbers from a file that may be cut short or hostile: every read is checked against the
 * end, so a length that the file claims can be used as it is.
 *
 * @throws ClipError IMAGE_CORRUPT from any method that would read past the end.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  /** What is being read, for messages: `PNG`. */
  readonly format: string;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, format: string) {
    this.bytes = bytes;
    this.format = format;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  /** Makes sure that `count` bytes can be read at `at`. */
  expect(at: number, count: number): void {
    if (at + count > this.bytes.length) {
      throw new ClipError(
        'IMAGE_CORRUPT',
        `the ${this.format} file is cut short: expected ${grouped(count)} bytes at offset ${grouped(at)}, ` +
          `got a file of ${grouped(this.bytes.length)} bytes`,
      );
    }
  }

  /** An error that says what is wrong with the file. */
  corrupt(problem: string): ClipError {
    return new ClipError('IMAGE_CORRUPT', `the ${this.format} file is damaged: ${problem}`);
  }

  u8(at: number): number {
    this.expect(at, 1);
    return this.#view.getUint8(at);
  }

  u16be(at: number): number {
    this.expect(at, 2);
    return this.#view.getUint16(at);
  }

  u16le(at: number): number {
    this.expect(at, 2);
    return this.#view.getUint16(at, true);
  }

  u24le(at: number): number {
    return this.u16le(at) | (this.u8(at + 2) << 16);
  }

  u32be(at: number): number {
    this.expect(at, 4);
    return this.#view.getUint32(at);
  }

  u32le(at: number): number {
    this.expect(at, 4);
    return this.#view.getUint32(at, true);
  }

  /** 64 bits as a number; above 2^53 it is rounded, which is far past the end of any file. */
  u64be(at: number): number {
    return this.u32be(at) * 2 ** 32 + this.u32be(at + 4);
  }

  /** `count` bytes as Latin-1: a chunk's or a box's name. */
  ascii(at: number, count: number): string {
    this.expect(at, count);
    return String.fromCharCode(...this.bytes.subarray(at, at + count));
  }

  /** `count` bytes, not copied. */
  slice(at: number, count: number): Uint8Array {
    this.expect(at, count);
    return this.bytes.subarray(at, at + count);
  }
}
