import type { ByteSource } from './byte-source.ts';
import { widen } from './float16.ts';
import type { TensorEntry } from './tensor-entry.ts';

type Values = Float32Array | Uint16Array;

/**
 * Reads tensors whose values do not lie in row-major order, such as a transposed matrix that PyTorch
 * saved as it was. The bytes of the last one are kept, since a tensor is read in several parts.
 */
export class StridedReader {
  readonly #source: ByteSource;
  #last: { readonly entry: TensorEntry; readonly values: Values } | undefined;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Fills `target` with the values from the one with index `start` on, counted row by row. */
  async readInto(
    entry: TensorEntry,
    strides: readonly number[],
    start: number,
    target: Float32Array,
  ): Promise<void> {
    const from = await this.#valuesOf(entry);
    const to = from instanceof Float32Array ? target : new Uint16Array(target.length);
    const { shape } = entry;
    const place = placeOf(start, shape);
    let position = place.reduce((sum, index, i) => sum + index * strides[i]!, 0);
    for (let i = 0; i < to.length; i++) {
      to[i] = from[position]!;
      // To the next place, the last dimension first.
      for (let d = shape.length - 1; d >= 0; d--) {
        place[d]! += 1;
        position += strides[d]!;
        if (place[d]! < shape[d]!) break;
        position -= shape[d]! * strides[d]!;
        place[d] = 0;
      }
    }
    if (to instanceof Uint16Array) widen(to, entry.dtype === 'F16' ? 'F16' : 'BF16', target);
  }

  async #valuesOf(entry: TensorEntry): Promise<Values> {
    if (this.#last?.entry === entry) return this.#last.values;
    const bytes = new Uint8Array(entry.length);
    await this.#source.read(entry.offset, bytes);
    const values =
      entry.dtype === 'F32' ? new Float32Array(bytes.buffer) : new Uint16Array(bytes.buffer);
    this.#last = { entry, values };
    return values;
  }
}

function placeOf(index: number, shape: readonly number[]): number[] {
  const place: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return place;
}
