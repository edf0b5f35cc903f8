/**
 * The state dict in a file of `torch.save`, or that of the module in one of `torch.jit.save` (TorchScript): a ZIP with
 * a pickle that names the tensors, and one entry for the bytes of each storage.
 *
 * @see https://github.com/pytorch/pytorch/blob/main/torch/serialization.py
 */
import { crc32 } from '../../crc32.ts';
import { grouped } from '../../errors.ts';
import type { ByteSource } from '../byte-source.ts';
import type { TensorEntry } from '../tensor-entry.ts';
import { pytorchFault } from './fault.ts';
import { namedValues, withoutTensors } from './named-values.ts';
import { readPickle } from './pickle.ts';
import {
  PickleDict,
  type PickleGlobal,
  type PickleObject,
  PickleTuple,
  type PickleValue,
} from './pickle-values.ts';
import { readZipDirectory, type ZipEntry } from './zip-directory.ts';

const MAX_PICKLE_BYTES = 64 * 1024 * 1024;
const PICKLE = 'data.pkl';

/** By the storage's class: the dtype as safetensors calls it, and its bytes. */
const STORAGES: ReadonlyMap<string, readonly [dtype: string, bytes: number]> = new Map([
  ['torch.FloatStorage', ['F32', 4]],
  ['torch.HalfStorage', ['F16', 2]],
  ['torch.BFloat16Storage', ['BF16', 2]],
  ['torch.DoubleStorage', ['F64', 8]],
  ['torch.LongStorage', ['I64', 8]],
  ['torch.IntStorage', ['I32', 4]],
  ['torch.ShortStorage', ['I16', 2]],
  ['torch.CharStorage', ['I8', 1]],
  ['torch.ByteStorage', ['U8', 1]],
  ['torch.BoolStorage', ['BOOL', 1]],
]);

/** Numbers in a row, of which tensors are views. */
class Storage implements PickleObject {
  readonly object = 'storage';
  readonly dtype: string;
  readonly elementBytes: number;
  readonly key: string;
  readonly elements: number;

  constructor(dtype: string, elementBytes: number, key: string, elements: number) {
    this.dtype = dtype;
    this.elementBytes = elementBytes;
    this.key = key;
    this.elements = elements;
  }
}

class Tensor implements PickleObject {
  readonly object = 'tensor';
  readonly storage: Storage;
  /** Of its first value in the storage. */
  readonly first: number;
  readonly shape: readonly number[];
  /** From one value to the next along each dimension. */
  readonly strides: readonly number[];

  constructor(
    storage: Storage,
    first: number,
    shape: readonly number[],
    strides: readonly number[],
  ) {
    this.storage = storage;
    this.first = first;
    this.shape = shape;
    this.strides = strides;
  }
}

export interface StateDict {
  /** Each tensor's dtype, shape and place, by name. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Whether it lies in a checkpoint of a training run, beside the state of the optimizer. */
  readonly isTraining: boolean;
}

/**
 * Reads where each tensor of a state dict lies. Nothing in the file is run, and no tensor is read.
 *
 * @throws ClipError WEIGHTS_INVALID where the file is malformed, or has anything beside a state dict.
 */
export async function readStateDict(source: ByteSource): Promise<StateDict> {
  const files = await readZipDirectory(source);
  const pickleName = [...files.keys()].find(
    (name) => name.split('/').slice(1).join('/') === PICKLE,
  );
  if (pickleName === undefined) throw pytorchFault(`the archive has no ${PICKLE}`);
  const prefix = pickleName.slice(0, -PICKLE.length);
  await checkByteOrder(source, files.get(`${prefix}byteorder`));
  const state = readPickle(await readPickleBytes(source, files.get(pickleName)!), {
    global: (name) => GLOBALS.get(name) ?? moduleClass(name),
    persistent: storageOf,
  });
  const { values, isTraining } = namedValues(state);
  const tensors = new Map<string, TensorEntry>();
  for (const [name, value] of values) {
    if (!(value instanceof Tensor)) continue;
    const file = files.get(`${prefix}data/${value.storage.key}`);
    tensors.set(name, tensorEntry(name, value, file));
  }
  if (tensors.size === 0) throw withoutTensors(state);
  return { tensors, isTraining };
}

async function readPickleBytes(source: ByteSource, entry: ZipEntry): Promise<Uint8Array> {
  checkStored(PICKLE, entry);
  if (entry.length > MAX_PICKLE_BYTES) {
    throw pytorchFault(
      `its pickle has ${grouped(entry.length)} bytes, more than ${grouped(MAX_PICKLE_BYTES)}`,
    );
  }
  const bytes = new Uint8Array(entry.length);
  await source.read(entry.offset, bytes);
  if (crc32(bytes) !== entry.crc32)
    throw pytorchFault('its pickle is damaged: the checksum differs');
  return bytes;
}

function checkStored(name: string, { isCompressed }: ZipEntry): void {
  if (isCompressed) {
    throw pytorchFault(`entry ${name} is compressed; PyTorch stores what ClipQL reads`);
  }
}

async function checkByteOrder(source: ByteSource, entry: ZipEntry | undefined): Promise<void> {
  if (entry === undefined) return;
  checkStored('byteorder', entry);
  const bytes = new Uint8Array(Math.min(entry.length, 16));
  await source.read(entry.offset, bytes);
  const order = new TextDecoder().decode(bytes);
  if (order !== 'little')
    throw pytorchFault(`expected byte order "little", got ${JSON.stringify(order)}`);
}

function callable(name: string, call: PickleGlobal['call']): [string, PickleGlobal] {
  return [name, { global: name, call }];
}

const notCallable = (name: string) =>
  callable(name, () => {
    throw pytorchFault(`its pickle calls ${name}`);
  });

/** Classes of a TorchScript archive, of which only the names of their objects' fields matter. */
const moduleClass = (name: string): PickleGlobal | undefined =>
  name.startsWith('__torch__.') ? { ...notCallable(name)[1], isModule: true } : undefined;

/** Typed lists of TorchScript, and values with the name of their type. */
const given = (name: string) =>
  callable(`torch.jit._pickle.${name}`, ([value]) => {
    if (value === undefined) throw pytorchFault(`its pickle calls ${name} without a value`);
    return value;
  });

/** All other names that a state dict and a module need. */
const GLOBALS: ReadonlyMap<string, PickleGlobal> = new Map([
  callable('collections.OrderedDict', (args) => {
    if (args.length > 0) throw pytorchFault('an OrderedDict in it is made of arguments');
    return new PickleDict();
  }),
  callable('torch._utils._rebuild_tensor_v2', rebuildTensor),
  callable('torch._utils._rebuild_parameter', ([tensor]) => {
    if (!(tensor instanceof Tensor)) throw pytorchFault('a parameter in it is no tensor');
    return tensor;
  }),
  ...['build_intlist', 'build_doublelist', 'build_boollist', 'build_tensorlist'].map(given),
  given('restore_type_tag'),
  ...[...STORAGES.keys()].map(notCallable),
]);

/** `('storage', class, key, location, elements)` */
function storageOf(id: PickleValue): Storage {
  const items = id instanceof PickleTuple ? id.items : [];
  const [kind, type, key, , elements] = items;
  const storage =
    typeof type === 'object' && type !== null && 'global' in type
      ? STORAGES.get(type.global)
      : undefined;
  if (
    kind !== 'storage' ||
    storage === undefined ||
    typeof key !== 'string' ||
    !isCount(elements)
  ) {
    throw pytorchFault('its pickle points to what is no storage');
  }
  return new Storage(...storage, key, elements);
}

/** `(storage, first, shape, strides, requires_grad, hooks)`, and metadata in later versions */
function rebuildTensor([storage, first, shape, strides]: readonly PickleValue[]): Tensor {
  const sizes = counts(shape);
  const steps = counts(strides);
  const fits = sizes !== undefined && steps !== undefined && sizes.length === steps.length;
  if (!(storage instanceof Storage) || !isCount(first) || !fits || sizes.length > 8) {
    throw pytorchFault(
      'a tensor in it is made of other things than a storage, a shape and strides',
    );
  }
  return new Tensor(storage, first, sizes, steps);
}

function tensorEntry(
  name: string,
  { storage, first, shape, strides }: Tensor,
  file: ZipEntry | undefined,
): TensorEntry {
  const at = (problem: string) =>
    pytorchFault(`tensor ${JSON.stringify(name.slice(0, 100))}: ${problem}`);
  const { dtype, elementBytes, elements, key } = storage;
  if (file === undefined) throw at(`its storage ${JSON.stringify(key.slice(0, 100))} is missing`);
  checkStored(key, file);
  if (file.length !== elements * elementBytes) {
    throw at(
      `expected a storage of ${grouped(elements * elementBytes)} bytes, got ${grouped(file.length)}`,
    );
  }
  const count = product(shape);
  const span = count === 0 ? 0 : 1 + sum(shape.map((size, i) => (size - 1) * strides[i]!));
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(first + span))
    throw at('its shape overflows');
  if (first + span > elements) {
    throw at(
      `expected values up to ${grouped(first + span)}, its storage has ${grouped(elements)}`,
    );
  }
  return {
    dtype,
    shape,
    offset: file.offset + first * elementBytes,
    length: span * elementBytes,
    ...(!isRowMajor(shape, strides) && { strides }),
  };
}

/** Whether the values lie one after another, the last dimension fastest. */
function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  if (shape.includes(0)) return true;
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== step) return false;
    step *= shape[i]!;
  }
  return true;
}

const isCount = (value: PickleValue | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function counts(value: PickleValue | undefined): readonly number[] | undefined {
  return value instanceof PickleTuple && value.items.every(isCount)
    ? (value.items as readonly number[])
    : undefined;
}

const product = (values: readonly number[]): number => values.reduce((a, b) => a * b, 1);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
