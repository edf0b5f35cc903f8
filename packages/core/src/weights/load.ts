import { ClipError, grouped } from '../errors.ts';
import type { Parameter } from '../graph/graph.ts';
import { BATCH_NORM_TENSORS, type BatchNormValues, foldBatchNorm } from './batch-norm.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { BatchNorm, Layout, Place } from './layouts/layout.ts';
import { partOf, type TensorEntry } from './tensor-entry.ts';
import { TensorReader } from './tensor-reader.ts';
import { viewedShape, viewOf } from './tensor-view.ts';

/** A model's weights, checked against its config, read one tensor at a time. */
export interface Weights {
  /** Parameters of the model, all tensors together. */
  readonly parameterCount: number;
  /**
   * One parameter's values as float32, row-major. The array may be a view into the source's own
   * memory: it is not to be written to.
   */
  read(name: string): Promise<Float32Array>;
  /** Fills `target` with one parameter's values from the one with index `start` on, as float32. */
  readInto(name: string, start: number, target: Float32Array): Promise<void>;
  /** Lets go of the source; what was read stays usable unless it is a view. */
  close(): Promise<void>;
}

/** One of our parameters in the checkpoint. */
interface Located {
  readonly place: Place;
  readonly entry: TensorEntry;
  /** Values of the parameter to one channel of the batch norm. */
  readonly perChannel: number;
  readonly norm: Readonly<Record<keyof BatchNormValues, TensorEntry>> | undefined;
}

/**
 * The weights of a model in a checkpoint. Every tensor that the model uses is checked (name, shape, dtype)
 * before any is read; tensors that it does not use are passed over, such as the `position_ids` of published
 * files. What the model has as one, such as a convolution and its batch norm, becomes one when it is read.
 *
 * @param parameters what the model uses, under our names.
 * @param layout where the checkpoint has them.
 * @throws ClipError WEIGHTS_MISMATCH naming the first tensor that does not fit, what was expected and what
 *   came, or a layer that the config does not have. Reading throws WEIGHTS_INVALID for a value that is not
 *   finite.
 */
export function openWeights(
  { source, tensors }: Checkpoint,
  parameters: readonly Parameter[],
  layout: Layout,
): Weights {
  const located = new Map(
    parameters.map((parameter) => [parameter.name, locate(tensors, parameter, layout)]),
  );
  checkNoFurtherLayers(tensors.keys(), layout.layers, located.values());
  const reader = new TensorReader(source);
  const normValues = new Map<string, Promise<BatchNormValues>>();
  const locationOf = (name: string): Located => {
    const found = located.get(name);
    if (found === undefined) throw new Error(`parameter ${name} was not declared by the model`);
    return found;
  };
  const readInto = async (name: string, start: number, target: Float32Array): Promise<void> => {
    const { place, entry, norm, perChannel } = locationOf(name);
    await reader.readInto(entry, start, target);
    if (place.batchNorm !== undefined) {
      const key = place.batchNorm.name;
      const values = normValues.get(key) ?? readNorm(reader, norm!);
      normValues.set(key, values);
      foldBatchNorm(place.batchNorm, await values, { start, perChannel }, target);
    }
    checkFinite(place, start, target);
  };
  return {
    parameterCount: parameters.reduce((sum, one) => sum + countOf(one, locationOf(one.name)), 0),
    read: async (name) => {
      const { place, entry } = locationOf(name);
      if (place.batchNorm !== undefined) {
        const values = new Float32Array(elementsOf(entry.shape));
        await readInto(name, 0, values);
        return values;
      }
      const values = await reader.read(entry);
      checkFinite(place, 0, values);
      return values;
    },
    readInto,
    close: () => source.close(),
  };
}

function locate(
  tensors: Checkpoint['tensors'],
  { name, shape }: Parameter,
  layout: Layout,
): Located {
  const place = layout.place(name);
  const { tensor, view, part, batchNorm } = place;
  const [rows, ...rest] = view === undefined ? shape : viewedShape(view, shape);
  const whole = part === undefined ? [rows, ...rest] : [rows! * part.of, ...rest];
  const found = matchingEntry(tensors, tensor, rows === undefined ? [] : (whole as number[]));
  const entry = part === undefined ? found : partOf(found, part);
  const isPerValue = view === 'depthwise' || shape.length === 1;
  return {
    place,
    entry: view === undefined ? entry : viewOf(entry, view),
    perChannel: isPerValue ? 1 : elementsOf(shape.slice(1)),
    norm: batchNorm && normEntries(tensors, batchNorm, isPerValue ? shape.at(-1)! : shape[0]!),
  };
}

function normEntries(tensors: Checkpoint['tensors'], { name }: BatchNorm, channels: number) {
  const entries = BATCH_NORM_TENSORS.map((part) => [
    part,
    matchingEntry(tensors, `${name}.${part}`, [channels]),
  ]);
  return Object.fromEntries(entries) as Record<keyof BatchNormValues, TensorEntry>;
}

async function readNorm(
  reader: TensorReader,
  entries: NonNullable<Located['norm']>,
): Promise<BatchNormValues> {
  const values: [string, Float32Array][] = [];
  for (const part of BATCH_NORM_TENSORS) values.push([part, await reader.read(entries[part])]);
  return Object.fromEntries(values) as unknown as BatchNormValues;
}

/** Of a batch norm, the scale is counted with the weight, and what it adds is the bias. */
function countOf({ shape }: Parameter, { place, norm }: Located): number {
  const scales = place.batchNorm?.gives === 'weight' ? elementsOf(norm!.weight.shape) : 0;
  return elementsOf(shape) + scales;
}

const USABLE_DTYPES: ReadonlySet<string> = new Set(['F32', 'F16', 'BF16']);

function matchingEntry(
  tensors: Checkpoint['tensors'],
  tensor: string,
  shape: readonly number[],
): TensorEntry {
  const entry = tensors.get(tensor);
  const expected = `expected tensor ${tensor} [${shape.join(', ')}] F32, F16 or BF16`;
  if (entry === undefined) throw new ClipError('WEIGHTS_MISMATCH', `${expected}, got none`);
  const sameShape =
    entry.shape.length === shape.length && entry.shape.every((size, i) => size === shape[i]);
  if (!sameShape || !USABLE_DTYPES.has(entry.dtype)) {
    throw new ClipError(
      'WEIGHTS_MISMATCH',
      `${expected}, got [${entry.shape.join(', ')}] ${entry.dtype.slice(0, 20)}`,
    );
  }
  return entry;
}

/** A layer that the config does not name is no tensor to pass over: the answers would be wrong. */
function checkNoFurtherLayers(
  tensors: Iterable<string>,
  layers: RegExp,
  located: Iterable<Located>,
): void {
  const used = new Set<string>();
  for (const { place } of located) {
    used.add(place.tensor);
    for (const part of place.batchNorm ? BATCH_NORM_TENSORS : []) {
      used.add(`${place.batchNorm!.name}.${part}`);
    }
  }
  const further = [...tensors].find((tensor) => layers.test(tensor) && !used.has(tensor));
  if (further === undefined) return;
  throw new ClipError(
    'WEIGHTS_MISMATCH',
    `expected no layers beyond the config's, got tensor ${further.slice(0, 100)}`,
  );
}

const EXPONENT = 0x7f800000;

/** One weight that is no number makes every embedding none. */
function checkFinite({ tensor }: Place, start: number, values: Float32Array): void {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) {
    // Of what is not finite, and of nothing else, all bits of the exponent are set. As floats, V8 would make
    // an object of each until it has compiled the loop.
    if ((bits[i]! & EXPONENT) !== EXPONENT) continue;
    throw new ClipError(
      'WEIGHTS_INVALID',
      `tensor ${tensor}: expected finite values, got ${values[i]} at ${grouped(start + i)}`,
    );
  }
}

const elementsOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
