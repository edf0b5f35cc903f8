/**
 * Keys that are runs of code units, numbered as they are added. They lie behind each other in one array
 * and are found by hash, with open addressing: some 25 bytes a key, and no object for any.
 */
export class KeyTable {
  #units: Uint16Array;
  /** Where each key ends; the next one begins there. */
  readonly #ends: Int32Array;
  /** A key's number and 1, or 0 for none; at least a fifth are free. */
  readonly #slots: Int32Array;
  #count = 0;
  #longest = 0;

  /** @param keys the most that there will be. @param length about how long each will be. */
  constructor(keys: number, length: number) {
    this.#units = new Uint16Array(keys * length);
    this.#ends = new Int32Array(keys);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(1.25 * keys + 1)));
  }

  /**
   * Adds the first `length` units as a key. One that is equal and came before is found no more.
   *
   * @returns its number.
   */
  add(units: Uint16Array, length: number): number {
    const key = this.#count++;
    const start = this.#start(key);
    const end = start + length;
    if (end > this.#units.length) this.#grow(end);
    for (let i = 0; i < length; i++) this.#units[start + i] = units[i]!;
    this.#ends[key] = end;
    this.#longest = Math.max(this.#longest, length);
    this.#slots[this.#slot(hashOf(units, length), units, 0, length)] = key + 1;
    return key;
  }

  /** @returns the number of the key that is the first `length` units, or -1. */
  find(units: Uint16Array, length: number): number {
    return this.#slots[this.#slot(hashOf(units, length), units, 0, length)]! - 1;
  }

  /** Calls back for each key that the units from `start` on begin with, the shortest first. */
  eachPrefix(units: Uint16Array, start: number, end: number, found: KeyFound): void {
    const longest = Math.min(end - start, this.#longest);
    let hash = HASH_START;
    for (let length = 1; length <= longest; length++) {
      hash = nextHash(hash, units[start + length - 1]!);
      const key = this.#slots[this.#slot(hash, units, start, length)]! - 1;
      if (key >= 0) found(key, length);
    }
  }

  /** How many units a key has. */
  length(key: number): number {
    return this.#ends[key]! - this.#start(key);
  }

  /** Writes a key's units from `offset` on. @returns where they end. */
  copy(key: number, target: Uint16Array, offset: number): number {
    const start = this.#start(key);
    const length = this.length(key);
    for (let i = 0; i < length; i++) target[offset + i] = this.#units[start + i]!;
    return offset + length;
  }

  #start(key: number): number {
    return key === 0 ? 0 : this.#ends[key - 1]!;
  }

  #grow(end: number): void {
    const units = new Uint16Array(2 * end);
    units.set(this.#units);
    this.#units = units;
  }

  /** Where a key stands, or would stand. */
  #slot(hash: number, units: Uint16Array, start: number, length: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    // A product's low bits follow from the low bits of the factors alone.
    let slot = (hash ^ (hash >>> 15)) & mask;
    while (slots[slot] !== 0 && !this.#equals(slots[slot]! - 1, units, start, length)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #equals(key: number, units: Uint16Array, start: number, length: number): boolean {
    if (this.length(key) !== length) return false;
    const keyStart = this.#start(key);
    for (let i = 0; i < length; i++) {
      if (this.#units[keyStart + i] !== units[start + i]) return false;
    }
    return true;
  }
}

/** What {@link KeyTable.eachPrefix} calls with a key's number and its length. */
export type KeyFound = (key: number, length: number) => void;

/** FNV-1a over code units; one that follows from the last, so that prefixes are found one after the other. */
const nextHash = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193);
const HASH_START = 0x811c9dc5;

function hashOf(units: Uint16Array, length: number): number {
  let hash = HASH_START;
  for (let i = 0; i < length; i++) hash = nextHash(hash, units[i]!);
  return hash;
}
