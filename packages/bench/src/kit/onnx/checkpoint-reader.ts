import type { ByteSource, ModelFiles } from '@clipql/core';
import { BenchError } from '../errors.ts';

/** A tensor of a checkpoint, float32, row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Where a tower's tensors come from, by name. */
export interface TensorReader {
  /** @throws BenchError MODEL_UNUSABLE for a tensor that is not there or holds no floats. */
  read(name: string): Promise<Tensor>;
}

/**
 * Reads the tensors of a safetensors file one by one, apart from core's reader: what the peers get
 * has not passed through the code that they are compared with.
 */
export class CheckpointReader implements TensorReader {
  readonly #source: ByteSource;
  readonly #entries: Readonly<Record<string, Entry>>;
  readonly #dataStart: number;

  private constructor(source: ByteSource, entries: Record<string, Entry>, dataStart: number) {
    this.#source = source;
    this.#entries = entries;
    this.#dataStart = dataStart;
  }

  /** @throws BenchError MODEL_UNUSABLE where the model has no weights. */
  static async open(model: ModelFiles): Promise<CheckpointReader> {
    const source = await model.openWeights();
    if (source === undefined) {
      throw new BenchError('MODEL_UNUSABLE', `${model.name}: expected model.safetensors, got none`);
    }
    const length = new Uint8Array(8);
    await source.read(0, length);
    const headerLength = Number(new DataView(length.buffer).getBigUint64(0, true));
    const header = new Uint8Array(headerLength);
    await source.read(8, header);
    const entries = JSON.parse(new TextDecoder().decode(header));
    return new CheckpointReader(source, entries, 8 + headerLength);
  }

  async read(name: string): Promise<Tensor> {
    const entry = this.#entries[name];
    if (entry?.dtype !== 'F32' && entry?.dtype !== 'F16') {
      const got = entry?.dtype ?? 'none';
      throw new BenchError('MODEL_UNUSABLE', `expected tensor ${name} as F32 or F16, got ${got}`);
    }
    const [begin, end] = entry.data_offsets;
    const bytes = new Uint8Array(end - begin);
    await this.#source.read(this.#dataStart + begin, bytes);
    const { shape, dtype } = entry;
    if (dtype === 'F32') return { shape, values: new Float32Array(bytes.buffer) };
    return { shape, values: Float32Array.from(new Uint16Array(bytes.buffer), fromFloat16) };
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}

/** Of a finite number. */
function fromFloat16(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}
