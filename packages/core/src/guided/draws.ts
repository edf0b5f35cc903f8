import { philox } from './philox.ts';

/** What random numbers are for. A number's place in the counter must not change: it is part of what a seed means. */
export type DrawPurpose = 'geometry' | 'noise' | 'judged geometry' | 'judged noise';

const PURPOSES: Readonly<Record<DrawPurpose, number>> = {
  geometry: 0,
  noise: 1,
  'judged geometry': 2,
  'judged noise': 3,
};

/** Which random numbers: each combination has a sequence of its own. */
export interface DrawAddress {
  /** 0 to 2⁵³ − 1. */
  readonly seed: number;
  readonly step: number;
  readonly view: number;
  readonly purpose: DrawPurpose;
}

/** A sequence of random numbers that depends on its address alone, not on what was drawn before. */
export class Draws {
  readonly #key: readonly [number, number];
  readonly #address: DrawAddress;
  readonly #words = new Uint32Array(4);
  #block = 0;
  #left = 0;

  constructor(address: DrawAddress) {
    this.#key = [address.seed >>> 0, Math.floor(address.seed / 2 ** 32) >>> 0];
    this.#address = address;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (this.#word() / 2 ** 32) * (high - low);
  }

  #word(): number {
    if (this.#left === 0) {
      const { step, view, purpose } = this.#address;
      philox([this.#block++, view, step, PURPOSES[purpose]], this.#key, this.#words);
      this.#left = 4;
    }
    return this.#words[4 - this.#left--]!;
  }

  /** Adds noise of mean 0: each value is that of a triangle of this standard deviation. */
  addNoise(values: Float32Array, deviation: number): void {
    // The sum of two uniform numbers of 16 bits has the variance 2³² / 6.
    const scale = (deviation * Math.sqrt(6)) / 2 ** 16;
    for (let i = 0; i < values.length; i++) {
      const word = this.#word();
      values[i]! += ((word & 0xffff) + (word >>> 16) - 0xffff) * scale;
    }
  }
}
