/**
 * The reference backend: plain loops with float64 sums. Slow and obvious, the oracle of the
 * conformance suite. It gives way to the event loop between steps.
 */
import { ClipError } from '../../errors.ts';
import type { Plan } from '../../graph/plan.ts';
import { type PackedWeight, stepWeights } from '../../graph/step.ts';
import type { Backend, BackendInfo, Executable, WeightReader } from '../backend.ts';
import { RunQueue } from '../run-queue.ts';
import { type RunInputs, type RunOutputs, readOutputs, writeInputs } from '../run-values.ts';
import type { Memory } from './memory.ts';
import { runStep } from './run-step.ts';

/** The longest stretch without letting other work run, in milliseconds, but for a single step. */
const TURN_MS = 12;

export function createReferenceBackend(): Backend {
  return new ReferenceBackend();
}

class ReferenceBackend implements Backend {
  readonly info: BackendInfo = { name: 'reference', precision: 'f32', threads: 1 };
  private readonly weights = new Map<string, Float32Array>();
  private arena = new ArrayBuffer(0);
  private readonly queue = new RunQueue();
  private disposed = false;

  get memoryBytes(): number {
    let bytes = this.arena.byteLength;
    for (const values of this.weights.values()) bytes += values.byteLength;
    return bytes;
  }

  async compile(plan: Plan, source: WeightReader): Promise<Executable> {
    this.checkUsable();
    for (const { name } of plan.weights.flatMap(({ parameters }) => parameters)) {
      if (!this.weights.has(name)) this.weights.set(name, await source.read(name));
    }
    return { run: (inputs) => this.queue.add(() => this.run(plan, inputs)) };
  }

  dispose(): void {
    this.disposed = true;
    this.weights.clear();
    this.arena = new ArrayBuffer(0);
  }

  private async run(plan: Plan, inputs: RunInputs): Promise<RunOutputs> {
    this.checkUsable();
    const memory = this.memoryFor(plan);
    writeInputs(plan, inputs, memory);
    let turnStart = performance.now();
    for (const step of plan.steps) {
      if (performance.now() - turnStart > TURN_MS) {
        await new Promise((resolve) => setTimeout(resolve));
        this.checkUsable();
        turnStart = performance.now();
      }
      runStep(step, memory);
    }
    return readOutputs(plan, memory);
  }

  private memoryFor(plan: Plan): Memory {
    const bytes = plan.arenaWords * Float32Array.BYTES_PER_ELEMENT;
    if (this.arena.byteLength < bytes) this.arena = new ArrayBuffer(bytes);
    const values = new Map<PackedWeight, readonly Float32Array[]>();
    for (const weight of plan.steps.flatMap(stepWeights)) {
      values.set(
        weight,
        weight.parameters.map(({ name }) => this.weights.get(name)!),
      );
    }
    const parts = (weight: PackedWeight) => values.get(weight)!;
    return {
      f32: new Float32Array(this.arena),
      i32: new Int32Array(this.arena),
      parts,
      single: (weight) => parts(weight)[0]!,
    };
  }

  private checkUsable(): void {
    if (this.disposed) throw new ClipError('DISPOSED', 'the model was disposed of');
  }
}
