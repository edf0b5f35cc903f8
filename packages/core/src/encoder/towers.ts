import type { Backend, WeightReader } from '../backends/backend.ts';
import type { Weight } from '../graph/weight.ts';
import { RunQueue } from '../threads/run-queue.ts';
import { LoadedTower } from './loaded-tower.ts';

const TOWERS = ['image', 'text'] as const;
/** A tower of a model. */
export type TowerName = (typeof TOWERS)[number];

/** What of a model is in memory: `both` towers, those that have been `used`, or `one` at a time. */
export const HELD_TOWERS = ['both', 'used', 'one'] as const;
/** One of {@link HELD_TOWERS}. */
export type HeldTowers = (typeof HELD_TOWERS)[number];

export type TowerWeights = Readonly<Record<TowerName, readonly Weight[]>>;

export interface TowersOptions {
  readonly backend: Backend;
  /** What each tower reads. */
  readonly weights: TowerWeights;
  readonly source: WeightReader;
  readonly held: HeldTowers;
}

/** Bytes that the weights of the towers take on a backend when the most of them are in memory. */
export function heldBytes(backend: Backend, weights: TowerWeights, held: HeldTowers): number {
  const bytes = TOWERS.map((name) => backend.bytesOf(weights[name]));
  return held === 'one' ? Math.max(...bytes) : bytes.reduce((a, b) => a + b, 0);
}

/** The two towers, each loaded when it is first used unless both were before. */
export class Towers {
  readonly #options: TowersOptions;
  /** A tower that cannot be loaded is tried again by the next who uses it. */
  readonly #towers = new Map<TowerName, Promise<LoadedTower>>();
  readonly #loaded = new Set<TowerName>();
  readonly #turns = new RunQueue();

  constructor(options: TowersOptions) {
    this.#options = options;
  }

  /** Loads both, as one: what does not fit is refused before anything is read. Throws as `Backend.load` does. */
  async loadBoth(): Promise<void> {
    const { backend, weights, source } = this.#options;
    const loaded = await backend.load(
      TOWERS.flatMap((name) => weights[name]),
      source,
    );
    for (const name of TOWERS) {
      this.#towers.set(name, Promise.resolve(new LoadedTower(loaded)));
      this.#loaded.add(name);
    }
  }

  /** Whether nothing more is read from the source: both towers are loaded and stay so. */
  get isWhole(): boolean {
    return this.#options.held !== 'one' && this.#loaded.size === TOWERS.length;
  }

  /** Does some work with a tower. Throws what the work does, and as `Backend.load`. */
  use<T>(name: TowerName, work: (tower: LoadedTower) => T | Promise<T>): Promise<T> {
    if (this.#options.held !== 'one') return this.#tower(name).then(work);
    return this.#turns.add(async () => {
      await this.#releaseAllBut(name);
      return work(await this.#tower(name));
    });
  }

  #tower(name: TowerName): Promise<LoadedTower> {
    const known = this.#towers.get(name);
    if (known !== undefined) return known;
    const tower = this.#load(name);
    this.#towers.set(name, tower);
    tower.catch(() => this.#towers.delete(name));
    return tower;
  }

  async #load(name: TowerName): Promise<LoadedTower> {
    const { backend, weights, source } = this.#options;
    const tower = new LoadedTower(await backend.load(weights[name], source));
    this.#loaded.add(name);
    return tower;
  }

  async #releaseAllBut(name: TowerName): Promise<void> {
    for (const [other, tower] of this.#towers) {
      if (other === name) continue;
      this.#towers.delete(other);
      this.#loaded.delete(other);
      await (await tower).release();
    }
  }
}
