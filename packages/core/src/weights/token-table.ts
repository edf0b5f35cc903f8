import type { Weights } from './load.ts';

/**
 * A table of which texts need a few rows at a time. It stays in its file, which stays open: a vocabulary of
 * 256,000 tokens would take more memory than all else of its model.
 */
export class TokenTable {
  /** D, values of a row. */
  readonly width: number;
  readonly #name: string;
  readonly #weights: Pick<Weights, 'readInto'>;

  constructor(weights: Pick<Weights, 'readInto'>, name: string, width: number) {
    this.width = width;
    this.#weights = weights;
    this.#name = name;
  }

  /**
   * Fills `target` with rows, [ids.length, D]; a row that is asked for more than once is read once.
   *
   * @throws ClipError DISPOSED when the weights were closed, WEIGHTS_INVALID where it cannot be read.
   */
  async readRows(ids: readonly number[], target: Float32Array): Promise<void> {
    const { width } = this;
    const firsts = new Map<number, number>();
    ids.forEach((id, at) => {
      if (!firsts.has(id)) firsts.set(id, at);
    });
    for (const [id, at] of firsts) {
      const row = target.subarray(at * width, (at + 1) * width);
      await this.#weights.readInto(this.#name, id * width, row);
    }
    ids.forEach((id, at) => {
      const first = firsts.get(id)! * width;
      target.copyWithin(at * width, first, first + width);
    });
  }
}
