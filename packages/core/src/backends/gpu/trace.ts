import type { Plan } from '../../graph/plan.ts';
import type { Slot } from '../../graph/step.ts';
import type { Weight } from '../../graph/weight.ts';
import type { Handle, Input } from './gpu-js.ts';
import type { Session } from './session.ts';
import { formOf, type HostWeights } from './weights.ts';
import type { WgslBody } from './wgsl-kernel.ts';

/** A matrix of the plan as a kernel reads it: `x[row][column + k]`, k its own columns. */
export interface Matrix {
  readonly handle: Handle;
  readonly column: number;
}

/** What a kernel reads. */
export type Operand = Handle | Input | Float32Array;

interface Buffer {
  readonly handle: Handle;
  readonly start: number;
  readonly end: number;
  readonly pitch: number;
}

/**
 * Walks a plan while gpu.js records the kernels that its steps call. The plan's places in an arena
 * become gpu.js's handles: each step's result is a new one.
 */
export class Trace {
  readonly #session: Session;
  readonly #weights: HostWeights;
  #buffers: readonly Buffer[] = [];
  readonly #once = new Map<string, Handle>();

  constructor(session: Session, weights: HostWeights, plan: Plan, inputs: readonly Handle[]) {
    this.#session = session;
    this.#weights = weights;
    [...plan.inputs.values()].forEach((slot, i) => {
      this.define(slot, inputs[i]!);
    });
  }

  /** Runs a kernel. @param output columns, rows, and layers where there are any. */
  call(source: string, output: readonly number[], ...operands: readonly Operand[]): Handle {
    return this.#session.kernel(source, output)(...operands);
  }

  /** The same, with WGSL of ours for what gpu.js would make of the source. */
  callWgsl(
    source: string,
    wgsl: WgslBody | undefined,
    output: readonly number[],
    ...operands: readonly Operand[]
  ): Handle {
    return this.#session.kernel(source, output, wgsl)(...operands);
  }

  /** The matrix that was last put at this place. */
  matrix(slot: Slot): Matrix {
    const buffer = this.#buffers.find(
      ({ start, pitch }) => start <= slot.offset && slot.offset + slot.columns <= start + pitch,
    );
    if (buffer === undefined) throw new Error(`nothing lies at ${slot.offset} of the arena`);
    return { handle: buffer.handle, column: slot.offset - buffer.start };
  }

  /** The same, where it is no part of a wider one: as an output. */
  whole(slot: Slot): Handle {
    const { handle, column } = this.matrix(slot);
    if (column !== 0 || slot.columns !== slot.pitch)
      throw new Error('an output is part of a matrix');
    return handle;
  }

  /** Puts a matrix at its place; what lay there is no longer read. */
  define({ offset: start, rows, pitch }: Slot, handle: Handle): void {
    const end = start + rows * pitch;
    const others = this.#buffers.filter((other) => other.end <= start || end <= other.start);
    this.#buffers = [...others, { handle, start, end, pitch }];
  }

  weight(weight: Weight): Operand {
    const values = this.#weights.get(weight);
    if (formOf(weight) !== 'table') return this.#session.resident(values, [values.length]);
    const size = [weight.columns, weight.rows];
    return this.#session.resident(new this.#session.gpuJs.Input(values, size), size);
  }

  /** Calls `make` the first time only, for a matrix that several steps need. */
  shared(key: string, make: () => Handle): Handle {
    const handle = this.#once.get(key) ?? make();
    this.#once.set(key, handle);
    return handle;
  }
}
