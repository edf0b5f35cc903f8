/**
 * A reader of the pickles that `torch.save` makes of a state dict, and `torch.jit.save` of a module. A pickle is a
 * program for a stack machine. This one knows only the instructions that build texts, numbers, tuples, lists and dicts.
 * It looks up names of classes and functions in the caller's list, imports nothing, and calls nothing else.
 *
 * @see https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */
import { pytorchFault } from './fault.ts';
import { PickleBytes } from './pickle-bytes.ts';
import {
  PickleDict,
  type PickleGlobal,
  PickleModule,
  type PickleObject,
  PickleTuple,
  type PickleValue,
} from './pickle-values.ts';

export interface PickleRules {
  /** @returns undefined for a name that is not allowed. */
  global(name: string): PickleGlobal | undefined;
  /** What stands for an id that points outside the pickle. */
  persistent(id: PickleValue): PickleObject;
}

/**
 * Instructions that one pickle may have: a tensor takes some 45, so that this is for 20,000 of them.
 * They bound the memory to 160 MB, as each makes one value at most.
 */
const MAX_STEPS = 1_000_000;
const MARK = Symbol('mark');
type StackItem = PickleValue | typeof MARK;

/**
 * Runs a pickle.
 *
 * @returns the value that it leaves.
 * @throws ClipError WEIGHTS_INVALID for an instruction, a name or a structure that is not allowed.
 */
export function readPickle(bytes: Uint8Array, rules: PickleRules): PickleValue {
  return new Machine(bytes, rules).run();
}

class Machine {
  readonly bytes: PickleBytes;
  readonly #rules: PickleRules;
  readonly #stack: StackItem[] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(bytes: Uint8Array, rules: PickleRules) {
    this.bytes = new PickleBytes(bytes);
    this.#rules = rules;
  }

  run(): PickleValue {
    for (let step = 0; step < MAX_STEPS; step++) {
      const code = this.bytes.u8();
      if (code === STOP) return this.#result();
      const instruction = INSTRUCTIONS.get(code);
      if (instruction === undefined) {
        throw pytorchFault(
          `its pickle has the instruction 0x${code.toString(16).padStart(2, '0')}, which a state dict does not need`,
        );
      }
      instruction(this);
    }
    throw pytorchFault('its pickle does not end');
  }

  #result(): PickleValue {
    const value = this.pop();
    if (this.#stack.length > 0) throw pytorchFault('its pickle leaves more than one value');
    return value;
  }

  push(value: StackItem): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK)
      throw pytorchFault('its pickle takes what it has not put');
    return value;
  }

  top(): PickleValue {
    const value = this.#stack.at(-1);
    if (value === undefined || value === MARK)
      throw pytorchFault('its pickle takes what it has not put');
    return value;
  }

  mark(): void {
    this.#stack.push(MARK);
  }

  popToMark(): PickleValue[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark === -1) throw pytorchFault('its pickle takes what it has not put');
    const items = this.#stack.splice(mark) as PickleValue[];
    return items.slice(1);
  }

  popMany(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  put(index: number): void {
    this.#memo.set(index, this.top());
  }

  putNext(): void {
    this.put(this.#memo.size);
  }

  get(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw pytorchFault('its pickle recalls what it has not kept');
    this.push(value);
  }

  pushGlobal(name: string): void {
    const found = this.#rules.global(name);
    if (found === undefined) {
      throw pytorchFault(
        `its pickle names ${shown(name)}, which weights do not need: it is not run`,
      );
    }
    this.push(found);
  }

  reduce(): void {
    const args = this.pop();
    const callee = this.pop();
    if (!(args instanceof PickleTuple) || !isGlobal(callee)) {
      throw pytorchFault('its pickle calls what is no function');
    }
    this.push(callee.call(args.items));
  }

  /** Of a class that only gives its fields a place: nothing of it is run. */
  newObject(): void {
    const args = this.pop();
    const callee = this.pop();
    const isPlain = args instanceof PickleTuple && args.items.length === 0;
    if (!isPlain || !isGlobal(callee) || !callee.isModule) {
      throw pytorchFault('its pickle makes an object of what is no module');
    }
    this.push(new PickleModule());
  }

  /** A module's fields. A state dict carries `_metadata`, which says nothing of the weights. */
  build(): void {
    const state = this.pop();
    const object = this.top();
    if (object instanceof PickleModule && state instanceof PickleDict) object.build(state);
    else if (!(object instanceof PickleDict))
      throw pytorchFault('its pickle sets fields of what has none');
  }

  persistent(): void {
    this.push(this.#rules.persistent(this.pop()));
  }

  setItems(pairs: readonly PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof PickleDict) || pairs.length % 2 !== 0) {
      throw pytorchFault('its pickle sets items of what is no dict');
    }
    for (let i = 0; i < pairs.length; i += 2) {
      const key = pairs[i];
      if (typeof key !== 'string' && typeof key !== 'number') {
        throw pytorchFault('a dict in it has a key that is no text');
      }
      dict.set(key, pairs[i + 1]!);
    }
  }

  append(items: readonly PickleValue[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw pytorchFault('its pickle appends to what is no list');
    for (const item of items) list.push(item);
  }
}

const STOP = 0x2e;

/** By its byte, what an instruction does; the names are those of Python's pickletools. */
const INSTRUCTIONS: ReadonlyMap<number, (machine: Machine) => void> = new Map([
  [0x80, (m) => void m.bytes.u8()], // PROTO
  [0x95, (m) => void m.bytes.u64()], // FRAME
  [0x28, (m) => m.mark()], // MARK
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4a, (m) => m.push(m.bytes.i32())], // BININT
  [0x4b, (m) => m.push(m.bytes.u8())], // BININT1
  [0x4d, (m) => m.push(m.bytes.u16())], // BININT2
  [0x8a, (m) => m.push(m.bytes.long(m.bytes.u8()))], // LONG1
  [0x47, (m) => m.push(m.bytes.f64())], // BINFLOAT
  [0x58, (m) => m.push(m.bytes.text(m.bytes.u32()))], // BINUNICODE
  [0x8c, (m) => m.push(m.bytes.text(m.bytes.u8()))], // SHORT_BINUNICODE
  [0x7d, (m) => m.push(new PickleDict())], // EMPTY_DICT
  [0x5d, (m) => m.push([])], // EMPTY_LIST
  [0x29, (m) => m.push(new PickleTuple([]))], // EMPTY_TUPLE
  [0x85, (m) => m.push(new PickleTuple(m.popMany(1)))], // TUPLE1
  [0x86, (m) => m.push(new PickleTuple(m.popMany(2)))], // TUPLE2
  [0x87, (m) => m.push(new PickleTuple(m.popMany(3)))], // TUPLE3
  [0x74, (m) => m.push(new PickleTuple(m.popToMark()))], // TUPLE
  [0x73, (m) => m.setItems(m.popMany(2))], // SETITEM
  [0x75, (m) => m.setItems(m.popToMark())], // SETITEMS
  [0x61, (m) => m.append(m.popMany(1))], // APPEND
  [0x65, (m) => m.append(m.popToMark())], // APPENDS
  [0x71, (m) => m.put(m.bytes.u8())], // BINPUT
  [0x72, (m) => m.put(m.bytes.u32())], // LONG_BINPUT
  [0x94, (m) => m.putNext()], // MEMOIZE
  [0x68, (m) => m.get(m.bytes.u8())], // BINGET
  [0x6a, (m) => m.get(m.bytes.u32())], // LONG_BINGET
  [0x63, (m) => m.pushGlobal(`${m.bytes.line()}.${m.bytes.line()}`)], // GLOBAL
  [0x52, (m) => m.reduce()], // REDUCE
  [0x81, (m) => m.newObject()], // NEWOBJ
  [0x62, (m) => m.build()], // BUILD
  [0x51, (m) => m.persistent()], // BINPERSID
]);

const isGlobal = (value: PickleValue): value is PickleGlobal =>
  typeof value === 'object' && value !== null && 'global' in value;

const shown = (name: string): string =>
  JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
