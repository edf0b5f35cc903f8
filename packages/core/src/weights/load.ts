import { ClipError } from '../errors.ts';
import type { Parameter } from '../graph/graph.ts';
import type { ByteSource } from './byte-source.ts';
import { widen } from './float16.ts';
import type { Layout, Place } from './layouts/layout.ts';
import { readStateDict } from './pytorch/state-dict.ts';
import { readSafetensorsHeader } from './safetensors.ts';
import { StridedReader } from './strided.ts';
import { partOf, type TensorEntry } from './tensor-entry.ts';

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

const USABLE_DTYPES: ReadonlySet<string> = new Set(['F32', 'F16', 'BF16']);

/**
 * Opens a checkpoint. Every tensor that the model uses is
 * checked (name, shape, dtype) before any is read; tensors that it does not use are passed over,
 * such as the `position_ids` of published files.
 *
 * @param parameters what the model uses, under our names.
 * @param layout where the checkpoint has them.
 * @throws ClipError WEIGHTS_INVALID when the file is no sound checkpoint, WEIGHTS_MISMATCH naming
 *   the first tensor that does not fit, what was expected and what came, or a layer that the config
 *   does not have. Reading throws WEIGHTS_INVALID for a value that is not finite.
 */
export async function openWeights(
  source: ByteSource,
  parameters: readonly Parameter[],
  layout: Layout,
): Promise<Weights> {
  const entries = await readEntries(source);
  const strided = new StridedReader(source);
  const used = new Map<string, TensorEntry>();
  for (const parameter of parameters) {
    used.set(parameter.name, matchingEntry(entries, parameter, layout.place(parameter.name)));
  }
  const tensors = new Set(parameters.map(({ name }) => layout.place(name).tensor));
  checkNoFurtherLayers(entries, layout.layers, tensors);
  const entryOf = (name: string): TensorEntry => {
    const entry = used.get(name);
    if (entry === undefined) throw new Error(`parameter ${name} was not declared by the model`);
    return entry;
  };
  return {
    parameterCount: parameters.reduce((sum, { shape }) => sum + elementsOf(shape), 0),
    read: async (name) => {
      const values = await readTensor(source, strided, entryOf(name));
      checkFinite(layout.place(name), 0, values);
      return values;
    },
    readInto: async (name, start, target) => {
      await readValues(source, strided, entryOf(name), start, target);
      checkFinite(layout.place(name), start, target);
    },
    close: () => source.close(),
  };
}

const ZIP = [0x50, 0x4b, 0x03, 0x04];
/** A pickle of protocol 2 that begins with a number of ten bytes. */
const OLD_PYTORCH = [0x80, 0x02, 0x8a, 0x0a];
/** What Git leaves in place of a large file where Git LFS is not installed. */
const LFS_POINTER = new TextEncoder().encode('version https://git-lfs');

/**
 * What the first bytes say the file is: a ZIP is PyTorch's, a pickle is PyTorch's before 1.6, and all
 * else has to be safetensors.
 */
async function readEntries(source: ByteSource): Promise<ReadonlyMap<string, TensorEntry>> {
  const start = new Uint8Array(Math.min(LFS_POINTER.length, source.size));
  await source.read(0, start);
  const begins = (magic: ArrayLike<number>) =>
    Array.from(magic).every((byte, i) => start[i] === byte);
  if (begins(ZIP)) return readStateDict(source);
  if (begins(OLD_PYTORCH)) {
    throw new ClipError(
      'WEIGHTS_INVALID',
      'weights are in the form that PyTorch wrote before version 1.6, which ClipQL does not read: ' +
        'save them as safetensors',
    );
  }
  if (begins(LFS_POINTER)) {
    throw new ClipError(
      'WEIGHTS_INVALID',
      'expected weights, got the pointer of Git LFS that stands for them: `git lfs pull` fetches the file',
    );
  }
  return readSafetensorsHeader(source);
}

function matchingEntry(
  entries: ReadonlyMap<string, TensorEntry>,
  parameter: Parameter,
  { tensor, part }: Place,
): TensorEntry {
  const [rows, ...rest] = parameter.shape;
  const shape = part === undefined ? parameter.shape : [rows! * part.of, ...rest];
  const entry = entries.get(tensor);
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
  return part === undefined ? entry : partOf(entry, part);
}

/** A layer that the config does not name is no tensor to pass over: the answers would be wrong. */
function checkNoFurtherLayers(
  entries: ReadonlyMap<string, TensorEntry>,
  layers: RegExp,
  used: ReadonlySet<string>,
): void {
  const further = [...entries.keys()].find((tensor) => layers.test(tensor) && !used.has(tensor));
  if (further === undefined) return;
  throw new ClipError(
    'WEIGHTS_MISMATCH',
    `expected no layers beyond the config's num_hidden_layers, got tensor ${further.slice(0, 100)}`,
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
      `tensor ${tensor}: expected finite values, got ${values[i]} at ${start + i}`,
    );
  }
}

async function readTensor(
  source: ByteSource,
  strided: StridedReader,
  entry: TensorEntry,
): Promise<Float32Array> {
  const count = elementsOf(entry.shape);
  if (entry.dtype === 'F32' && entry.strides === undefined) {
    const bytes = source.view?.(entry.offset, entry.length);
    if (bytes !== undefined && bytes.byteOffset % Float32Array.BYTES_PER_ELEMENT === 0) {
      return new Float32Array(bytes.buffer, bytes.byteOffset, count);
    }
  }
  const values = new Float32Array(count);
  await readValues(source, strided, entry, 0, values);
  return values;
}

async function readValues(
  source: ByteSource,
  strided: StridedReader,
  entry: TensorEntry,
  start: number,
  target: Float32Array,
): Promise<void> {
  const { dtype, offset, strides } = entry;
  if (strides !== undefined) return strided.readInto(entry, strides, start, target);
  if (dtype === 'F32') {
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    await source.read(offset + start * Float32Array.BYTES_PER_ELEMENT, bytes);
    return;
  }
  const raw = new Uint16Array(target.length);
  const bytes = new Uint8Array(raw.buffer);
  await source.read(offset + start * Uint16Array.BYTES_PER_ELEMENT, bytes);
  widen(raw, dtype === 'F16' ? 'F16' : 'BF16', target);
}

const elementsOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
