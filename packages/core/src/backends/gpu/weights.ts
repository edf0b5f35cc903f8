import { type WeightRole, weightsOf } from '../../graph/operation.ts';
import type { Plan } from '../../graph/plan.ts';
import type { Weight } from '../../graph/weight.ts';
import type { WeightReader } from '../backend.ts';

/**
 * How a kernel reads a weight: `vector`, flat; `table`, by row and column; `transposed`, flat
 * [columns, rows], so that threads side by side, one an output column, read side by side.
 */
type Form = 'vector' | 'table' | 'transposed';

const FORMS: Readonly<Record<WeightRole, Form>> = {
  linear: 'transposed',
  bias: 'vector',
  vector: 'vector',
  table: 'table',
};

export const formOf = ({ role }: Weight): Form => FORMS[role];

/** Bytes of weights on the host. */
export const hostBytes = (weights: readonly Weight[]): number =>
  weights.reduce((sum, { rows, columns }) => sum + rows * columns, 0) *
  Float32Array.BYTES_PER_ELEMENT;

/** Weights on the host, from which each pipeline fills the device's copy, again after a loss. */
export class HostWeights {
  readonly #values: Map<string, Float32Array>;

  private constructor(values: Map<string, Float32Array>) {
    this.#values = values;
  }

  /** Reads and packs weights, one tensor at a time. */
  static async read(weights: readonly Weight[], source: WeightReader): Promise<HostWeights> {
    const values = new Map<string, Float32Array>();
    for (const weight of weights) values.set(weight.key, await packed(weight, source));
    return new HostWeights(values);
  }

  get bytes(): number {
    let bytes = 0;
    for (const values of this.#values.values()) bytes += values.byteLength;
    return bytes;
  }

  get({ key }: Weight): Float32Array {
    const values = this.#values.get(key);
    if (values === undefined) throw new Error(`${key} was not loaded`);
    return values;
  }

  /** Bytes of a plan's weights: what each pipeline of it takes on the device. */
  bytesOf(plan: Plan): number {
    const weights = new Map(plan.steps.flatMap(weightsOf).map((weight) => [weight.key, weight]));
    return [...weights.values()].reduce((sum, weight) => sum + this.get(weight).byteLength, 0);
  }

  clear(): void {
    this.#values.clear();
  }
}

async function packed(weight: Weight, source: WeightReader): Promise<Float32Array> {
  const { parameters, rows, columns } = weight;
  const values = new ResidentValues(rows * columns);
  let done = 0;
  for (const { name, rows: partRows } of parameters) {
    const part = await source.read(name);
    if (formOf(weight) === 'transposed') transpose(part, columns, values, rows, done);
    else values.set(part, done * columns);
    done += partRows;
  }
  return values;
}

/** values[k, first + n] = part[n, k], the one [K, N] with `pitch` values a row, the other [n, K]. */
function transpose(
  part: Float32Array,
  depth: number,
  values: Float32Array,
  pitch: number,
  first: number,
): void {
  const rows = part.length / depth;
  for (let n = 0; n < rows; n++) {
    for (let k = 0; k < depth; k++) values[k * pitch + first + n] = part[n * depth + k]!;
  }
}

/**
 * Values that nobody changes. gpu.js takes a copy, by `slice`, of what a pipeline captures, so that
 * later changes do not reach it; of these it need not, and the host holds each weight once.
 */
class ResidentValues extends Float32Array {
  override slice(): Float32Array<ArrayBuffer> {
    return this as unknown as Float32Array<ArrayBuffer>;
  }
}
