import type { ByteSource } from './byte-source.ts';
import { widen } from './float16.ts';
import { StridedReader } from './strided.ts';
import type { TensorEntry } from './tensor-entry.ts';

/** Reads the tensors of a file as float32. */
export class TensorReader {
  readonly #source: ByteSource;
  readonly #strided: StridedReader;
  /**
   * A buffer for 16-bit values before they are widened, kept for the next read: new ones would add up to the size of
   * the file. Undefined while a read uses it, so that overlapping reads do not share it.
   */
  #halves: Uint16Array | undefined;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#strided = new StridedReader(source);
  }

  /** All values, row-major; a view where they lie in memory as they are wanted. */
  async read(entry: TensorEntry): Promise<Float32Array> {
    const count = entry.shape.reduce((a, b) => a * b, 1);
    if (entry.dtype === 'F32' && entry.strides === undefined) {
      const bytes = this.#source.view?.(entry.offset, entry.length);
      if (bytes !== undefined && bytes.byteOffset % Float32Array.BYTES_PER_ELEMENT === 0) {
        return new Float32Array(bytes.buffer, bytes.byteOffset, count);
      }
    }
    const values = new Float32Array(count);
    await this.readInto(entry, 0, values);
    return values;
  }

  /** Fills `target` with the values from the one with index `start` on. */
  async readInto(entry: TensorEntry, start: number, target: Float32Array): Promise<void> {
    const { dtype, offset, strides } = entry;
    if (strides !== undefined) return this.#strided.readInto(entry, strides, start, target);
    if (dtype === 'F32') {
      const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
      await this.#source.read(offset + start * Float32Array.BYTES_PER_ELEMENT, bytes);
      return;
    }
    const halves = this.#takeHalves(target.length);
    const raw = halves.subarray(0, target.length);
    const bytes = new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength);
    await this.#source.read(offset + start * Uint16Array.BYTES_PER_ELEMENT, bytes);
    widen(raw, dtype === 'F16' ? 'F16' : 'BF16', target);
    this.#halves = halves;
  }

  #takeHalves(length: number): Uint16Array {
    const halves = this.#halves;
    this.#halves = undefined;
    return halves !== undefined && halves.length >= length ? halves : new Uint16Array(length);
  }
}
