import type { Plan } from '../../graph/plan.ts';
import { weightKey } from '../../graph/plan.ts';
import type { PackedWeight } from '../../graph/step.ts';
import type { WeightReader } from '../backend.ts';
import { RunQueue } from '../run-queue.ts';
import type { LinearMemory } from './linear-memory.ts';
import { int8Bytes, packInt8 } from './pack-int8.ts';
import { packPanels, wholePanels } from './pack-panels.ts';

/** What the linear layers compute with. */
export type Precision = 'f32' | 'int8';

/**
 * How a kernel reads a weight: a linear layer's as panels in float32 or int8, its bias filled up to
 * whole panels, any other row by row.
 */
type Form = Precision | 'bias' | 'rows';

const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;
/** Values read at a time, 2 MB: no tensor is ever held whole beside its packed form. */
const CHUNK_VALUES = 1 << 19;

/** The weights of all plans in a WebAssembly memory, each packed once, as its kernel reads it. */
export class PackedWeights {
  readonly precision: Precision;
  private readonly memory: LinearMemory;
  private readonly addresses = new Map<string, number>();
  private readonly queue = new RunQueue();
  private chunk = new Float32Array(0);

  constructor(memory: LinearMemory, precision: Precision) {
    this.memory = memory;
    this.precision = precision;
  }

  /** Packs what the plan needs and no earlier plan has brought in, one tensor at a time. */
  add(plan: Plan, source: WeightReader): Promise<void> {
    return this.queue.add(() => this.addMissing(plan, source));
  }

  private async addMissing(plan: Plan, source: WeightReader): Promise<void> {
    for (const [weight, form] of formsOf(plan, this.precision)) {
      const key = keyOf(weight, form);
      if (!this.addresses.has(key)) this.addresses.set(key, await this.pack(weight, form, source));
    }
    this.chunk = new Float32Array(0);
  }

  address(weight: PackedWeight, form: Form): number {
    const address = this.addresses.get(keyOf(weight, form));
    if (address === undefined) throw new Error(`${weightKey(weight)} was not packed`);
    return address;
  }

  private async pack(weight: PackedWeight, form: Form, source: WeightReader): Promise<number> {
    const address = this.memory.allocate(packedBytes(weight, form));
    const chunk = this.chunkFor(weight);
    const rowsAtOnce = Math.floor(chunk.length / weight.columns);
    let packed = 0;
    for (const { name, rows } of weight.parameters) {
      for (let row = 0; row < rows; row += rowsAtOnce) {
        const values = chunk.subarray(0, Math.min(rowsAtOnce, rows - row) * weight.columns);
        await source.readInto(name, row * weight.columns, values);
        this.write(values, packed + row, weight, form, address);
      }
      packed += rows;
    }
    return address;
  }

  /** One buffer for all, so that loading leaves no garbage behind; a row has room in it. */
  private chunkFor({ columns }: PackedWeight): Float32Array {
    const length = Math.max(CHUNK_VALUES, columns);
    if (this.chunk.length < length) this.chunk = new Float32Array(length);
    return this.chunk;
  }

  private write(
    values: Float32Array,
    row: number,
    weight: PackedWeight,
    form: Form,
    address: number,
  ): void {
    if (form === 'int8') {
      packInt8(values, row, weight, this.memory.bytesAt(address, packedBytes(weight, form)));
      return;
    }
    const target = this.memory.f32(address, packedBytes(weight, form) / FLOAT_BYTES);
    if (form === 'f32') packPanels(values, row, weight.columns, target);
    else target.set(values, row * weight.columns);
  }
}

function packedBytes({ rows, columns }: PackedWeight, form: Form): number {
  if (form === 'int8') return int8Bytes(rows, columns);
  return (form === 'rows' ? rows : wholePanels(rows)) * columns * FLOAT_BYTES;
}

function formsOf(plan: Plan, precision: Precision): readonly (readonly [PackedWeight, Form])[] {
  return plan.steps.flatMap((step): (readonly [PackedWeight, Form])[] => {
    switch (step.op) {
      case 'linear':
        return step.bias === undefined
          ? [[step.weight, precision]]
          : [
              [step.weight, precision],
              [step.bias, 'bias'],
            ];
      case 'embed':
      case 'addTable':
        return [[step.table, 'rows']];
      case 'layerNorm':
        return [
          [step.weight, 'rows'],
          [step.bias, 'rows'],
        ];
      case 'prepend':
        return [[step.row, 'rows']];
      default:
        return [];
    }
  });
}

const keyOf = (weight: PackedWeight, form: Form): string => `${form} ${weightKey(weight)}`;
