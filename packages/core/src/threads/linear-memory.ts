import { ClipError } from '../errors.ts';

/** Allocation in a WebAssembly memory: blocks are handed out from the bottom up, and given back from the top down. */

const PAGE_BYTES = 65_536;
/** A cache line. */
const ALIGNMENT = 64;
/** What wasm32 can address. */
const MAX_PAGES = 65_536;

export class LinearMemory {
  readonly memory: WebAssembly.Memory;
  #end: number;
  /** Where all that was ever handed out ends: what is behind it is zero. */
  #touched: number;

  /** @param reserved bytes at the bottom that are not handed out. */
  constructor(shared: boolean, reserved: number) {
    const pages = Math.ceil(reserved / PAGE_BYTES);
    this.memory = new WebAssembly.Memory(
      shared ? { initial: pages, maximum: MAX_PAGES, shared } : { initial: pages },
    );
    this.#end = aligned(reserved);
    this.#touched = this.#end;
  }

  /** Bytes in all. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /**
   * @returns the address of a new block, a multiple of 64, full of zeros. Views of the memory are stale after.
   * @throws ClipError OUT_OF_MEMORY when the memory cannot grow so far; nothing is taken then.
   */
  allocate(bytes: number): number {
    const touched = this.#touched;
    const address = this.reserve(bytes);
    if (address < touched) {
      this.bytesAt(address, Math.min(aligned(bytes), touched - address)).fill(0);
    }
    return address;
  }

  /** As {@link LinearMemory.allocate}, but the block holds anything. */
  reserve(bytes: number): number {
    const address = this.#end;
    this.#growTo(aligned(address + bytes));
    return address;
  }

  /** Takes a block back, and all that were handed out after it. The memory does not shrink. */
  release(address: number): void {
    this.#end = address;
  }

  /**
   * Makes a block longer: where it is, when no other has been handed out since; else it is a new one.
   * What it held is lost.
   *
   * @returns its address. Throws as {@link LinearMemory.allocate} does.
   */
  enlarge(address: number, bytes: number, newBytes: number): number {
    if (aligned(address + bytes) !== this.#end) return this.allocate(newBytes);
    this.#growTo(aligned(address + newBytes));
    return address;
  }

  #growTo(end: number): void {
    const missing = end - this.size;
    if (missing > 0) this.#grow(Math.ceil(missing / PAGE_BYTES), end);
    this.#end = end;
    this.#touched = Math.max(this.#touched, end);
  }

  #grow(pages: number, end: number): void {
    try {
      this.memory.grow(pages);
    } catch (cause) {
      throw new ClipError(
        'OUT_OF_MEMORY',
        `expected room for ${Math.ceil(end / 2 ** 20)} MiB in one WebAssembly memory, got less: ` +
          'the machine has no more, or it is above the 4,096 MiB that one can have',
        { cause },
      );
    }
  }

  bytesAt(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, length);
  }

  f32(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  f64(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }

  i16(address: number, length: number): Int16Array {
    return new Int16Array(this.memory.buffer, address, length);
  }

  u16(address: number, length: number): Uint16Array {
    return new Uint16Array(this.memory.buffer, address, length);
  }

  u32(address: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, address, length);
  }

  i32(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }
}

export const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
