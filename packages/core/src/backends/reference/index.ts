/**
 * The reference backend: plain loops with float64 sums. Slow and obvious, the oracle of the
 * conformance suite. It gives way to the event loop between steps.
 */
import { ClipError } from '../../errors.ts';
import type { Plan } from '../../graph/plan.ts';
import { type Weight, weightKey } from '../../graph/weight.ts';
import { RunQueue } from '../../threads/run-queue.ts';
import type { Backend, BackendInfo, LoadedWeights, WeightReader } from '../backend.ts';
import { type RunInputs, type RunOutputs, readOutputs, writeInputs } from '../run-values.ts';
import type { Memory } from './memory.ts';
import { runStep } from './run-step.ts';

/** The longest stretch without letting other work run, in milliseconds, but for a single step. */
const TURN_MS = 12;
const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;

export function createReferenceBackend(): Backend {
  return new ReferenceBackend();
}

/** The parameters of each weight, by its key. */
type LoadedParts = Map<string, readonly Float32Array[]>;

class ReferenceBackend implements Backend {
  readonly info: BackendInfo = { name: 'reference', precision: 'f32', threads: 1 };
  #weights: readonly LoadedParts[] = [];
  #arena = new ArrayBuffer(0);
  readonly #queue = new RunQueue();
  #disposed = false;

  get memoryBytes(): number {
    let bytes = this.#arena.byteLength;
    const parts = this.#weights.flatMap((loaded) => [...loaded.values()].flat());
    for (const values of new Set(parts)) bytes += values.byteLength;
    return bytes;
  }

  bytesOf(weights: readonly Weight[]): number {
    return weights.reduce((sum, { rows, columns }) => sum + rows * columns * FLOAT_BYTES, 0);
  }

  async load(weights: readonly Weight[], source: WeightReader): Promise<LoadedWeights> {
    this.#checkUsable();
    const loaded: LoadedParts = new Map();
    for (const { key, role, parameters } of weights) {
      const parts: Float32Array[] = [];
      for (const { name } of parameters) parts.push(await source.read(name));
      loaded.set(key, parts);
      // A backward pass reads the layers of a stack one by one.
      for (const [i, { name }] of parameters.entries())
        loaded.set(weightKey([name], role), [parts[i]!]);
    }
    this.#checkUsable();
    this.#weights = [...this.#weights, loaded];
    return {
      compile: (plan) => ({
        run: (inputs) => this.#queue.add(() => this.#run(plan, loaded, inputs)),
      }),
      release: () =>
        this.#queue.add(() => {
          this.#weights = this.#weights.filter((other) => other !== loaded);
        }),
    };
  }

  dispose(): void {
    this.#disposed = true;
    for (const loaded of this.#weights) loaded.clear();
    this.#weights = [];
    this.#arena = new ArrayBuffer(0);
  }

  async #run(plan: Plan, weights: LoadedParts, inputs: RunInputs): Promise<RunOutputs> {
    this.#checkUsable();
    const memory = this.#memoryFor(plan, weights);
    writeInputs(plan, inputs, memory);
    let turnStart = performance.now();
    for (const step of plan.steps) {
      if (performance.now() - turnStart > TURN_MS) {
        await new Promise((resolve) => setTimeout(resolve));
        this.#checkUsable();
        turnStart = performance.now();
      }
      runStep(step, memory);
    }
    return readOutputs(plan, memory);
  }

  #memoryFor(plan: Plan, weights: LoadedParts): Memory {
    const bytes = plan.arenaWords * FLOAT_BYTES;
    if (this.#arena.byteLength < bytes) this.#arena = new ArrayBuffer(bytes);
    const parts = ({ key }: Weight) => {
      const loaded = weights.get(key);
      if (loaded === undefined) throw new Error(`${key} was not loaded`);
      return loaded;
    };
    return {
      f32: new Float32Array(this.#arena),
      i32: new Int32Array(this.#arena),
      parts,
      single: (weight) => parts(weight)[0]!,
    };
  }

  #checkUsable(): void {
    if (this.#disposed) throw new ClipError('DISPOSED', 'the model was disposed of');
  }
}
