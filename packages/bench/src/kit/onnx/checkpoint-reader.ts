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

/**
 * Reads the tensors of `model.safetensors` one by one, apart from core's reader: what the peers get
 * has not passed through the code that they are compared with.
 */
export class CheckpointReader {
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

  /** @throws BenchError MODEL_UNUSABLE for a tensor that is not there or is not float32. */
  async read(name: string): Promise<Tensor> {
    const entry = this.#entries[name];
    if (entry?.dtype !== 'F32') {
      const got = entry?.dtype ?? 'none';
      throw new BenchError('MODEL_UNUSABLE', `expected tensor ${name} as F32, got ${got}`);
    }
    const [begin, end] = entry.data_offsets;
    const values = new Float32Array((end - begin) / 4);
    await this.#source.read(this.#dataStart + begin, new Uint8Array(values.buffer));
    return { shape: entry.shape, values };
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
