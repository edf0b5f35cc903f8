import { instantiateKernels, kernelModule } from '../threads/kernels.ts';
import { LinearMemory } from '../threads/linear-memory.ts';
import { PICTURE_KERNELS } from './kernels.generated.ts';

/** What `assembly/guided/run.ts` exports. Addresses are in bytes; its files say more. */
interface PictureKernels {
  addResampled(...resampling: ResamplingArguments): void;
  addResampledAdjoint(...resampling: ResamplingArguments): void;
  light(values: number, count: number, gain: number, bias: number): void;
  normalize(values: number, count: number, mean: number, deviation: number): void;
  addNoise(
    values: number,
    count: number,
    key0: number,
    key1: number,
    view: number,
    step: number,
    purpose: number,
    scale: number,
    spare: number,
  ): void;
}

type ResamplingArguments = [
  source: number,
  height: number,
  from: number,
  x: number,
  xTaps: number,
  y: number,
  yTaps: number,
  to: number,
  first: number,
  second: number,
  target: number,
];

/** Address 0 means "none" elsewhere, so nothing is put there. */
const RESERVED_BYTES = 64;
export const FLOAT_BYTES = 4;

/** Kernels, and the memory that they work in. */
export class KernelMemory {
  readonly #memory = new LinearMemory(false, RESERVED_BYTES);
  readonly kernels = instantiateKernels<PictureKernels>(
    kernelModule(PICTURE_KERNELS.plain),
    this.#memory.memory,
  );

  /** The address of room for so many floats, which holds anything. */
  room(count: number): number {
    return this.#memory.reserve(FLOAT_BYTES * count);
  }

  /** The address of so many zeros. */
  zeros(count: number): number {
    const address = this.room(count);
    this.at(address, count).fill(0);
    return address;
  }

  /** The address of a copy. */
  copyOf({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): number {
    const address = this.#memory.reserve(byteLength);
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    this.#memory.bytesAt(address, byteLength).set(bytes);
    return address;
  }

  /** The floats at an address; other memory may be taken only when they have been read. */
  at(address: number, count: number): Float32Array {
    return this.#memory.f32(address, count);
  }

  /** What `work` takes of the memory is free again after it. */
  during<T>(work: () => T): T {
    const address = this.#memory.reserve(0);
    try {
      return work();
    } finally {
      this.#memory.release(address);
    }
  }
}

let shared: KernelMemory | undefined;

/** Does some work that does not wait, in one memory for all pictures. */
export function inKernelMemory<T>(work: (memory: KernelMemory) => T): T {
  shared ??= new KernelMemory();
  const memory = shared;
  return memory.during(() => work(memory));
}
