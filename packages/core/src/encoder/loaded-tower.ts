import type { Executable, LoadedWeights } from '../backends/backend.ts';
import type { RunInputs, RunOutputs } from '../backends/run-values.ts';
import { planGraph } from '../graph/plan.ts';
import type { Tower } from '../model/tower.ts';

/** Passes whose plans are kept; the one unused for longest goes first. Gradients with dropped branches push others out. */
const MAX_PLANS = 32;

/** A tower that is ready to run, for one shape. */
interface Pass {
  readonly executable: Executable;
  readonly constants: Tower['constants'];
}

/** One tower over loaded weights. It keeps its plans. */
export class LoadedTower {
  readonly #weights: LoadedWeights;
  readonly #passes = new Map<string, Pass>();

  constructor(weights: LoadedWeights) {
    this.#weights = weights;
  }

  /**
   * One pass.
   *
   * @param pass names it: its shape, and what is dropped.
   * @param build makes its tower.
   */
  run(pass: string, build: () => Tower, inputs: RunInputs): Promise<RunOutputs> {
    const { executable, constants } = this.#pass(pass, build);
    return executable.run({ ...inputs, ...constants });
  }

  /** Gives its memory back. It cannot run any more. */
  async release(): Promise<void> {
    this.#passes.clear();
    await this.#weights.release();
  }

  #pass(shape: string, build: () => Tower): Pass {
    const known = this.#passes.get(shape);
    this.#passes.delete(shape);
    const pass = known ?? this.#compile(build());
    this.#passes.set(shape, pass);
    if (this.#passes.size > MAX_PLANS) {
      const [oldest] = this.#passes.keys();
      this.#passes.delete(oldest!);
    }
    return pass;
  }

  #compile({ graph, constants }: Tower): Pass {
    return { executable: this.#weights.compile(planGraph(graph)), constants };
  }
}
