/** Copies a run's inputs into an arena and its outputs out of it, the same way on every backend. */

import { grouped } from '../errors.ts';
import type { Plan } from '../graph/plan.ts';

export type RunInputs = Readonly<Record<string, Float32Array | Int32Array>>;
export type RunOutputs = Record<string, Float32Array>;

/** An arena as float32 and as int32: two views of the same memory. */
export interface ArenaViews {
  readonly f32: Float32Array;
  readonly i32: Int32Array;
}

/** @throws RangeError for an input that is missing, or not of the plan's type and size. */
export function writeInputs(plan: Plan, inputs: RunInputs, { f32, i32 }: ArenaViews): void {
  for (const [name, slot] of plan.inputs) {
    const values = checkedInput(plan, name, inputs);
    (values instanceof Float32Array ? f32 : i32).set(values, slot.offset);
  }
}

/** One input of a run. @throws RangeError as {@link writeInputs} does. */
export function checkedInput(
  plan: Plan,
  name: string,
  inputs: RunInputs,
): Float32Array | Int32Array {
  const { dtype, rows, columns } = plan.inputs.get(name)!;
  const values = inputs[name];
  const expected = dtype === 'f32' ? Float32Array : Int32Array;
  if (values instanceof expected && values.length === rows * columns) return values;
  const got =
    values === undefined ? 'nothing' : `${grouped(values.length)} of ${values.constructor.name}`;
  throw new RangeError(
    `input ${name}: expected ${grouped(rows * columns)} of ${expected.name}, got ${got}`,
  );
}

/** Copies the outputs out of the arena, row-major and without gaps. */
export function readOutputs(plan: Plan, { f32 }: ArenaViews): RunOutputs {
  const outputs: RunOutputs = {};
  for (const [name, { offset, rows, columns, pitch }] of plan.outputs) {
    const values = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      const from = offset + row * pitch;
      values.set(f32.subarray(from, from + columns), row * columns);
    }
    outputs[name] = values;
  }
  return outputs;
}
