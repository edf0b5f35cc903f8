import { crc32 } from '../../../crc32.ts';

/** How a state dict's file differs from a sound one with a tensor [2, 3]. */
export interface StateDictParts {
  readonly pickle: Uint8Array;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly first: number;
  readonly storageBytes: number;
  readonly storageName: string;
  readonly pickleName: string;
  /** Of the pickle, in its local header. */
  readonly localName: string;
  readonly byteOrder: string;
  readonly method: number;
  readonly flags: number;
  readonly wrongChecksum: boolean;
  readonly overlap: boolean;
  readonly comment: string;
}

/** A file as `torch.save` writes it, sound unless told otherwise. */
export function stateDictFile(changes: Partial<StateDictParts> = {}): Uint8Array {
  const { shape = [2, 3], strides = [3, 1], first = 0, storageBytes = 24 } = changes;
  const { pickleName = 'archive/data.pkl', storageName = 'archive/data/0', byteOrder } = changes;
  const storage = new Uint8Array(storageBytes);
  new Float32Array(storage.buffer, 0, Math.floor(storageBytes / 4)).fill(0.5);
  const files: ZipFile[] = [
    { name: pickleName, data: changes.pickle ?? tensorPickle(shape, strides, first), ...changes },
    { name: storageName, data: storage },
  ];
  if (byteOrder !== undefined) files.push({ name: 'archive/byteorder', data: ascii(byteOrder) });
  return zip(files, changes);
}

/** A tensor in a storage of its own. */
export interface FileTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A file as `torch.save` writes a whole state dict. */
export const stateDictOf = (tensors: readonly FileTensor[]): Uint8Array =>
  tensorFile(tensors, orderedDict(tensors));

/** A file as open_clip's trainer writes it after an epoch, on several GPUs: what lies beside the model is left out. */
export function trainingCheckpointOf(tensors: readonly FileTensor[]): Uint8Array {
  const wrapped = tensors.map((tensor) => ({ ...tensor, name: `module.${tensor.name}` }));
  return tensorFile(tensors, [
    ...[0x7d, 0x28, ...textOf('epoch'), ...int(1), ...textOf('name'), ...textOf('run')],
    ...[...textOf('state_dict'), ...orderedDict(wrapped), ...textOf('optimizer'), 0x7d, 0x75],
  ]);
}

const orderedDict = (tensors: readonly FileTensor[]): number[] => [
  ...global('collections', 'OrderedDict'),
  ...[0x29, 0x52, 0x28],
  ...tensors.flatMap((tensor, i) => [...textOf(tensor.name), ...wholeTensor(tensor, i)]),
  0x75,
];

/** A file as `torch.jit.save` writes a module with these tensors, whose names are paths; its code is compressed. */
export function torchScriptOf(tensors: readonly FileTensor[]): Uint8Array {
  const root: Tree = new Map();
  for (const [i, tensor] of tensors.entries()) {
    const path = tensor.name.split('.');
    let parent = root;
    for (const part of path.slice(0, -1)) {
      const child = parent.get(part) ?? new Map();
      parent.set(part, child);
      parent = child as Tree;
    }
    parent.set(path.at(-1)!, wholeTensor(tensor, i));
  }
  const code = { name: 'archive/code/__torch__.py', data: new Uint8Array(20), method: 8 };
  return tensorFile(tensors, moduleInstructions(root), [code]);
}

type Tree = Map<string, Tree | readonly number[]>;

function moduleInstructions(fields: Tree): number[] {
  const items = [...fields].flatMap(([name, value]) => [
    ...textOf(name),
    ...(value instanceof Map ? moduleInstructions(value) : value),
  ]);
  const training = [...textOf('training'), 0x89];
  return [...newModule(), 0x7d, 0x28, ...training, ...items, 0x75, 0x62];
}

/** An object of a class that only an archive's code has. */
export const newModule = (): number[] => [...global('__torch__', 'Module'), 0x29, 0x81];

const wholeTensor = ({ shape, values }: FileTensor, i: number): number[] =>
  tensorInstructions(String(i), values.length, { shape, strides: stridesOf(shape), first: 0 });

function tensorFile(
  tensors: readonly FileTensor[],
  instructions: readonly number[],
  others: readonly ZipFile[] = [],
): Uint8Array {
  return zip(
    [
      { name: 'archive/data.pkl', data: pickle.bytes(instructions) },
      ...others,
      ...tensors.map(({ values }, i) => ({
        name: `archive/data/${i}`,
        data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      })),
    ],
    {},
  );
}

const stridesOf = (shape: readonly number[]): readonly number[] =>
  shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));

/** A file of PyTorch's with another pickle. */
export function archive(bytes: Uint8Array, change: (pickle: Uint8Array) => Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = view.getUint32(bytes.length - 6, true);
  const files: ZipFile[] = [];
  for (let at = directory; view.getUint32(at, true) === 0x02014b50; ) {
    const length = view.getUint32(at + 24, true);
    const nameLength = view.getUint16(at + 28, true);
    const local = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const data = bytes.slice(start, start + length);
    files.push({ name, data: name.endsWith('/data.pkl') ? change(data) : data });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return zip(files, {});
}

/** Pickles, instruction by instruction. */
export const pickle = {
  /** With the protocol before them, and the end behind. */
  bytes: (instructions: readonly number[]): Uint8Array =>
    Uint8Array.of(0x80, 2, ...instructions, 0x2e),
  /** Calls a function with a text. */
  call: (module: string, name: string, text: string): Uint8Array =>
    pickle.bytes([0x63, ...ascii(`${module}\n${name}\n`), ...textOf(text), 0x85, 0x52]),
  /** Another text of any length where one stands. */
  replaceText: (bytes: Uint8Array, from: string, to: string): Uint8Array => {
    const old = Uint8Array.from(longTextOf(from));
    const at = bytes.findIndex((_, i) => old.every((byte, j) => bytes[i + j] === byte));
    return Uint8Array.of(
      ...bytes.subarray(0, at),
      ...longTextOf(to),
      ...bytes.subarray(at + old.length),
    );
  },
};

function tensorPickle(
  shape: readonly number[],
  strides: readonly number[],
  first: number,
): Uint8Array {
  const layout = { shape, strides, first };
  return pickle.bytes([0x7d, ...textOf('weight'), ...tensorInstructions('0', 6, layout), 0x73]);
}

function tensorInstructions(
  storage: string,
  elements: number,
  layout: { shape: readonly number[]; strides: readonly number[]; first: number },
): number[] {
  const tuple = (values: readonly number[]) => [0x28, ...values.flatMap(int), 0x74];
  return [
    ...global('torch._utils', '_rebuild_tensor_v2'),
    0x28,
    0x28,
    ...textOf('storage'),
    ...global('torch', 'FloatStorage'),
    ...textOf(storage),
    ...textOf('cpu'),
    ...int(elements),
    0x74,
    0x51,
    ...int(layout.first),
    ...tuple(layout.shape),
    ...tuple(layout.strides),
    0x89,
    ...global('collections', 'OrderedDict'),
    0x29,
    0x52,
    0x74,
    0x52,
  ];
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (text: string): number[] => [0x8c, text.length, ...ascii(text)];
/** As protocol 2 has texts. */
const longTextOf = (text: string): number[] => [0x58, text.length, 0, 0, 0, ...ascii(text)];
const global = (module: string, name: string): number[] => [0x63, ...ascii(`${module}\n${name}\n`)];
const int = (value: number): number[] => [0x4a, ...new Uint8Array(Int32Array.of(value).buffer)];

interface ZipFile
  extends Partial<Pick<StateDictParts, 'localName' | 'method' | 'flags' | 'wrongChecksum'>> {
  readonly name: string;
  readonly data: Uint8Array;
}

function zip(
  files: readonly ZipFile[],
  { overlap = false, comment = '' }: Partial<StateDictParts>,
): Uint8Array {
  const locals: Uint8Array[] = [];
  const centrals: Uint8Array[] = [];
  let offset = 0;
  for (const [
    i,
    { name, localName = name, data, method = 0, flags = 0, wrongChecksum },
  ] of files.entries()) {
    const crc = crc32(data) ^ (wrongChecksum ? 1 : 0);
    const local = new Uint8Array(30 + localName.length);
    const header = new DataView(local.buffer);
    header.setUint32(0, 0x04034b50, true);
    header.setUint16(8, method, true);
    header.setUint16(26, localName.length, true);
    local.set(ascii(localName), 30);
    const central = new Uint8Array(46 + name.length);
    const entry = new DataView(central.buffer);
    entry.setUint32(0, 0x02014b50, true);
    entry.setUint16(8, flags, true);
    entry.setUint16(10, method, true);
    entry.setUint32(16, crc, true);
    // The second begins within the first, which is then as long as both.
    const length = overlap && i === 0 ? data.length + 60 : data.length;
    entry.setUint32(20, length, true);
    entry.setUint32(24, length, true);
    entry.setUint16(28, name.length, true);
    entry.setUint32(42, offset, true);
    central.set(ascii(name), 46);
    locals.push(local, data);
    centrals.push(central);
    offset += local.length + data.length;
  }
  const directoryBytes = centrals.reduce((sum, one) => sum + one.length, 0);
  const end = new Uint8Array(22 + comment.length);
  const record = new DataView(end.buffer);
  record.setUint32(0, 0x06054b50, true);
  record.setUint16(8, files.length, true);
  record.setUint16(10, files.length, true);
  record.setUint32(12, directoryBytes, true);
  record.setUint32(16, offset, true);
  end.set(ascii(comment), 22);
  const parts = [...locals, ...centrals, end];
  const bytes = new Uint8Array(offset + directoryBytes + end.length);
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}
