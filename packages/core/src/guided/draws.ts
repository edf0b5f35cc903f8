import { philox } from './philox.ts';

/** What random numbers are for. A number's place in the counter must not change: it is part of what a seed means. */
export type DrawPurpose = 'geometry' | 'noise' | 'judged geometry' | 'judged noise' | 'branches';

const PURPOSES: Readonly<Record<DrawPurpose, number>> = {
  geometry: 0,
  noise: 1,
  'judged geometry': 2,
  'judged noise': 3,
  branches: 4,
};

/** Which random numbers: each combination has a sequence of its own. */
export interface DrawAddress {
  /** 0 to 2⁵³ − 1. */
  readonly seed: number;
  readonly step: number;
  readonly view: number;
  readonly purpose: DrawPurpose;
}

/** Philox's key for a sequence, and all of its counter but the first word, which counts blocks of four words. */
export function philoxAddress({ seed, step, view, purpose }: DrawAddress): {
  readonly key: readonly [number, number];
  readonly place: readonly [number, number, number];
} {
  return {
    key: [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0],
    place: [view, step, PURPOSES[purpose]],
  };
}

/** A sequence of random numbers that depends on its address alone, not on what was drawn before. */
export class Draws {
  readonly #key: readonly [number, number];
  readonly #place: readonly [number, number, number];
  readonly #words = new Uint32Array(4);
  #block = 0;
  #left = 0;

  constructor(address: DrawAddress) {
    const { key, place } = philoxAddress(address);
    this.#key = key;
    this.#place = place;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (this.#word() / 2 ** 32) * (high - low);
  }

  #word(): number {
    if (this.#left === 0) {
      philox([this.#block++, ...this.#place], this.#key, this.#words);
      this.#left = 4;
    }
    return this.#words[4 - this.#left--]!;
  }
}
