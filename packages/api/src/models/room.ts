import { INT8_MEMORY_SHARE } from '@clipql/core';
import { ApiError } from '../errors/api-error.ts';
import type { LoadedModel } from './loaded-model.ts';

/** What a loaded model takes. */
export interface ModelMemory {
  readonly name: string;
  readonly bytes: number;
  /** Undefined while it is in use. */
  readonly unload: (() => void) | undefined;
}

/** Keeps the models within a limit: those that nobody uses make room, the one unused longest first. */
export class Room {
  readonly #limit: number;
  readonly #memories: () => readonly ModelMemory[];
  /** Bytes of models that are being loaded, and of other work. */
  readonly #reserved = new Map<string, number>();

  /** @param memories of what is loaded, the one unused longest first. */
  constructor(limit: number, memories: () => readonly ModelMemory[]) {
    this.#limit = limit;
    this.#memories = memories;
  }

  /**
   * Loads a model within the limit.
   *
   * @throws ApiError MODEL_MEMORY_FULL where those in use leave no room for it; and what loading
   *   throws.
   */
  async during(
    name: string,
    load: (reserve: (bytes: number) => void) => Promise<LoadedModel>,
  ): Promise<LoadedModel> {
    try {
      const model = await load((bytes) => this.#reserve(name, bytes));
      try {
        this.#reserve(name, model.clip.memoryBytes);
      } catch (error) {
        model.dispose();
        throw error;
      }
      return model;
    } finally {
      this.#reserved.delete(name);
    }
  }

  /**
   * Takes room for work beside the models, none of which is unloaded for it: whoever needs one then would not get it
   * before the end of that work.
   *
   * @param beside bytes of the models that are there at any time.
   * @returns gives it back.
   * @throws ApiError MODEL_MEMORY_FULL; not retryable where there never is room.
   */
  hold(name: string, bytes: number, beside: number): () => void {
    if (beside + bytes > this.#limit) throw this.#never(name, bytes, beside);
    const taken = this.#taken(name);
    if (taken + bytes > this.#limit) throw this.#full(name, bytes, taken);
    this.#reserved.set(name, bytes);
    return () => this.#reserved.delete(name);
  }

  #reserve(name: string, bytes: number): void {
    const loaded = this.#memories();
    let taken = this.#taken(name);
    this.#reserved.delete(name);
    for (const { bytes: freed, unload } of loaded) {
      if (taken + bytes <= this.#limit) break;
      if (unload === undefined) continue;
      unload();
      taken -= freed;
    }
    if (taken + bytes > this.#limit) throw this.#full(name, bytes, taken);
    this.#reserved.set(name, bytes);
  }

  /** Bytes of all but what has this name. */
  #taken(name: string): number {
    const reserved = [...this.#reserved].filter(([other]) => other !== name);
    const bytes = [...reserved.map(([, one]) => one), ...this.#memories().map((one) => one.bytes)];
    return bytes.reduce((sum, one) => sum + one, 0);
  }

  #never(name: string, bytes: number, beside: number): ApiError {
    const models = beside === 0 ? '' : ` beside ${gigabytes(beside)} of models`;
    return new ApiError(
      'MODEL_MEMORY_FULL',
      `${name} takes ${gigabytes(bytes)} of memory${models}, and --model-memory allows ${gigabytes(this.#limit)}: it needs a smaller model, or more memory`,
      { retryable: false },
    );
  }

  #full(name: string, bytes: number, taken: number): ApiError {
    const limit = `--model-memory allows ${gigabytes(this.#limit)}`;
    const isTooLarge = bytes > this.#limit;
    return new ApiError(
      'MODEL_MEMORY_FULL',
      isTooLarge
        ? `${name} takes ${gigabytes(bytes)} of memory, and ${limit}; --precision int8 takes about ${gigabytes(bytes * INT8_MEMORY_SHARE)}`
        : `${name} takes ${gigabytes(bytes)} of memory beside ${gigabytes(taken)} in use, and ${limit}: ask again when the others are done`,
      { retryable: !isTooLarge },
    );
  }
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
