import type { Plan } from '../../graph/plan.ts';
import { weightKey } from '../../graph/plan.ts';
import type { PackedWeight, Step } from '../../graph/step.ts';
import type { WeightReader } from '../backend.ts';

/**
 * How a kernel reads a weight: `vector`, flat; `table`, by row and column; `transposed`, flat
 * [columns, rows], so that threads side by side, one an output column, read side by side.
 */
export type WeightForm = 'vector' | 'table' | 'transposed';

/** The weights on the host, from which each pipeline fills the device's copy, again after a loss. */
export class HostWeights {
  private readonly values = new Map<string, Float32Array>();

  get bytes(): number {
    let bytes = 0;
    for (const values of this.values.values()) bytes += values.byteLength;
    return bytes;
  }

  /** Reads the weights of a plan that no earlier plan has brought in. */
  async add(plan: Plan, source: WeightReader): Promise<void> {
    for (const [weight, form] of plan.steps.flatMap(formsOf)) {
      const key = keyOf(weight, form);
      if (!this.values.has(key)) this.values.set(key, await packed(weight, form, source));
    }
  }

  get(weight: PackedWeight, form: WeightForm): Float32Array {
    return this.values.get(keyOf(weight, form))!;
  }

  /** Bytes of a plan's weights: what each pipeline of it takes on the device. */
  bytesOf(plan: Plan): number {
    const keys = new Set(plan.steps.flatMap(formsOf).map(([weight, form]) => keyOf(weight, form)));
    return [...keys].reduce((sum, key) => sum + this.values.get(key)!.byteLength, 0);
  }

  clear(): void {
    this.values.clear();
  }
}

const keyOf = (weight: PackedWeight, form: WeightForm): string => `${form} ${weightKey(weight)}`;

function formsOf(step: Step): readonly (readonly [PackedWeight, WeightForm])[] {
  switch (step.op) {
    case 'embed':
    case 'addTable':
      return [[step.table, 'table']];
    case 'linear': {
      const weight = [step.weight, 'transposed'] as const;
      return step.bias === undefined ? [weight] : [weight, [step.bias, 'vector']];
    }
    case 'layerNorm':
      return [
        [step.weight, 'vector'],
        [step.bias, 'vector'],
      ];
    case 'prepend':
      return [[step.row, 'vector']];
    default:
      return [];
  }
}

async function packed(
  { parameters, rows, columns }: PackedWeight,
  form: WeightForm,
  source: WeightReader,
): Promise<Float32Array> {
  const values = new ResidentValues(rows * columns);
  let done = 0;
  for (const { name, rows: partRows } of parameters) {
    const part = await source.read(name);
    if (form === 'transposed') transpose(part, columns, values, rows, done);
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
