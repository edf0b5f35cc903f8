import type { Executable, LoadedWeights } from '../backends/backend.ts';
import type { RunInputs, RunOutputs } from '../backends/run-values.ts';
import { planGraph } from '../graph/plan.ts';
import type { Tower } from '../model/tower.ts';

/** Passes of all branches whose plans are kept. */
const MAX_PLANS = 32;
/**
 * Passes with dropped branches whose plans are kept, apart from the others. A picture's step has new ones and repeats them
 * for each of its batches, which are passes of two shapes where memory parts them.
 */
const MAX_DROPPED_PLANS = 2;

/** Which pass of a tower: passes with the same values are the same. */
export interface PassKey {
  readonly shape: string;
  /** Residual branches that are dropped; none unless given. */
  readonly dropped?: readonly number[];
}

/** A tower that is ready to run, for one shape and what is dropped. */
interface Pass {
  readonly executable: Executable;
  readonly constants: Tower['constants'];
}

/** One tower over loaded weights. It keeps its plans. */
export class LoadedTower {
  readonly #weights: LoadedWeights;
  readonly #whole = new RecentPasses(MAX_PLANS);
  readonly #dropped = new RecentPasses(MAX_DROPPED_PLANS);

  constructor(weights: LoadedWeights) {
    this.#weights = weights;
  }

  /** One pass. @param build makes its tower. */
  run(
    { shape, dropped = [] }: PassKey,
    build: () => Tower,
    inputs: RunInputs,
  ): Promise<RunOutputs> {
    const passes = dropped.length > 0 ? this.#dropped : this.#whole;
    const key = [shape, ...dropped].join(' ');
    const { executable, constants } = passes.get(key, () => this.#compile(build()));
    return executable.run({ ...inputs, ...constants });
  }

  /** Gives its memory back. It cannot run any more. */
  async release(): Promise<void> {
    this.#whole.clear();
    this.#dropped.clear();
    await this.#weights.release();
  }

  #compile({ graph, constants }: Tower): Pass {
    return { executable: this.#weights.compile(planGraph(graph)), constants };
  }
}

/** So many passes; the one unused for longest goes first. */
class RecentPasses {
  readonly #most: number;
  readonly #passes = new Map<string, Pass>();

  constructor(most: number) {
    this.#most = most;
  }

  /** @param make makes it where it is not kept. */
  get(key: string, make: () => Pass): Pass {
    const known = this.#passes.get(key);
    this.#passes.delete(key);
    const pass = known ?? make();
    this.#passes.set(key, pass);
    if (this.#passes.size > this.#most) {
      const [oldest] = this.#passes.keys();
      this.#passes.delete(oldest!);
    }
    return pass;
  }

  clear(): void {
    this.#passes.clear();
  }
}
