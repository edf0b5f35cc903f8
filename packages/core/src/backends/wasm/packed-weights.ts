import { type Weight, weightKey } from '../../graph/weight.ts';
import { aligned, type LinearMemory } from '../../threads/linear-memory.ts';
import type { Precision, WeightReader } from '../backend.ts';
import { int8Bytes, packInt8 } from './pack-int8.ts';
import { packPanels, wholePanels } from './pack-panels.ts';

const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;
/** Values read at a time, 2 MB: no tensor is ever held whole beside its packed form. */
const CHUNK_VALUES = 1 << 19;

/** Where a weight is: in what was packed at an address, from a row on. */
interface Place {
  readonly address: number;
  readonly firstRow: number;
}

/** Weights in a WebAssembly memory, as their kernels read them. */
export class PackedWeights {
  readonly precision: Precision;
  /** Where the last of them ends. */
  readonly end: number;
  readonly #places: ReadonlyMap<string, Place>;

  private constructor(precision: Precision, end: number, places: ReadonlyMap<string, Place>) {
    this.precision = precision;
    this.end = end;
    this.#places = places;
  }

  /**
   * Packs weights, one tensor at a time.
   *
   * @throws ClipError OUT_OF_MEMORY, before any is read, or what the source throws.
   */
  static async pack(
    weights: readonly Weight[],
    source: WeightReader,
    { memory, precision }: { memory: LinearMemory; precision: Precision },
  ): Promise<PackedWeights> {
    const sizes = weights.map((weight) => alignedBytes(weight, precision));
    const start = memory.allocate(bytesOf(weights, precision));
    const places = new Map<string, Place>();
    let end = start;
    for (const [i, weight] of weights.entries()) {
      for (const [key, firstRow] of partsOf(weight)) places.set(key, { address: end, firstRow });
      places.set(weight.key, { address: end, firstRow: 0 });
      end += sizes[i]!;
    }
    // One buffer for all, so that loading leaves no garbage behind; a row has room in it.
    const widest = weights.reduce((most, { columns }) => Math.max(most, columns), 0);
    const chunk = new Float32Array(weights.length === 0 ? 0 : Math.max(CHUNK_VALUES, widest));
    try {
      for (const [i, weight] of weights.entries()) {
        await packWeight(weight, source, chunk, (values, row) => {
          // Made anew each time: a memory that grows meanwhile leaves older views behind.
          const target = memory.bytesAt(places.get(weight.key)!.address, sizes[i]!);
          write(values, row, weight, precision, target);
        });
      }
    } catch (error) {
      memory.release(start);
      throw error;
    }
    return new PackedWeights(precision, end, places);
  }

  /** Where a weight begins. */
  address(weight: Weight): number {
    const { address, firstRow } = this.part(weight);
    if (firstRow > 0) throw new Error(`${weight.key} was loaded with others before it`);
    return address;
  }

  /** Where a weight is that may have been loaded with others, as one. */
  part({ key }: Weight): Place {
    const place = this.#places.get(key);
    if (place === undefined) throw new Error(`${key} was not loaded`);
    return place;
  }
}

/** The parameters of a weight, each by the key that it has alone, with its first row. */
function partsOf({ role, parameters }: Weight): ReadonlyMap<string, number> {
  const parts = new Map<string, number>();
  let first = 0;
  for (const { name, rows } of parameters) {
    parts.set(weightKey([name], role), first);
    first += rows;
  }
  return parts;
}

/** Bytes of weights side by side. */
export const bytesOf = (weights: readonly Weight[], precision: Precision): number =>
  weights.reduce((sum, weight) => sum + alignedBytes(weight, precision), 0);

const alignedBytes = (weight: Weight, precision: Precision): number =>
  aligned(packedBytes(weight, precision));

/** Bytes of a weight as its kernel reads it. */
function packedBytes({ role, rows, columns }: Weight, precision: Precision): number {
  switch (role) {
    case 'linear':
      return precision === 'int8'
        ? int8Bytes(rows, columns)
        : wholePanels(rows) * columns * FLOAT_BYTES;
    case 'bias':
      return wholePanels(rows) * columns * FLOAT_BYTES;
    default:
      return rows * columns * FLOAT_BYTES;
  }
}

/** Reads a weight in pieces of whole rows. @param write is told a piece and its first row. */
async function packWeight(
  { parameters, columns }: Weight,
  source: WeightReader,
  chunk: Float32Array,
  write: (values: Float32Array, row: number) => void,
): Promise<void> {
  const rowsAtOnce = Math.floor(chunk.length / columns);
  let packed = 0;
  for (const { name, rows } of parameters) {
    for (let row = 0; row < rows; row += rowsAtOnce) {
      const values = chunk.subarray(0, Math.min(rowsAtOnce, rows - row) * columns);
      await source.readInto(name, row * columns, values);
      write(values, packed + row);
    }
    packed += rows;
  }
}

function write(
  values: Float32Array,
  row: number,
  weight: Weight,
  precision: Precision,
  target: Uint8Array,
): void {
  if (weight.role === 'linear' && precision === 'int8') {
    packInt8(values, row, weight, target);
    return;
  }
  const floats = new Float32Array(
    target.buffer,
    target.byteOffset,
    target.byteLength / FLOAT_BYTES,
  );
  if (weight.role === 'linear') packPanels(values, row, weight.columns, floats);
  else floats.set(values, row * weight.columns);
}
