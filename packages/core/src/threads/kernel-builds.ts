import { base64Bytes } from '../base64.ts';

/** `relaxed` has fused multiply-add and byte dot products, where the engine knows relaxed SIMD. */
export type Simd = 'plain' | 'relaxed';

/** The builds of one set of kernels, as `tools/build-kernels.ts` writes them: modules in base64. */
export type KernelBuilds = Readonly<Record<Simd | `${Simd}Threads`, string>>;

/**
 * What a set of kernels exports for a team: `run` takes the four words of a job, where the team meets,
 * the thread's number and how many there are. It returns whether all threads came in time.
 */
export interface Kernels {
  run(
    word0: number,
    word1: number,
    word2: number,
    word3: number,
    control: number,
    thread: number,
    threads: number,
  ): number;
}

const decoded = new Map<string, Uint8Array<ArrayBuffer>>();

/** The module of a build, as bytes. */
function kernelBytes(builds: KernelBuilds, simd: Simd, shared: boolean): Uint8Array<ArrayBuffer> {
  const text = builds[shared ? (`${simd}Threads` as const) : simd];
  const known = decoded.get(text);
  if (known !== undefined) return known;
  const bytes = base64Bytes(text);
  decoded.set(text, bytes);
  return bytes;
}

export function kernelModule(
  builds: KernelBuilds,
  simd: Simd,
  shared: boolean,
): WebAssembly.Module {
  return new WebAssembly.Module(kernelBytes(builds, simd, shared));
}

/** The best build that this engine can run. */
export function bestSimd(builds: KernelBuilds): Simd {
  return WebAssembly.validate(kernelBytes(builds, 'relaxed', false)) ? 'relaxed' : 'plain';
}

/** @typeParam K what else the kernels export. */
export function instantiateKernels<K extends Kernels = Kernels>(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): K {
  const abort = () => {
    throw new Error('a kernel aborted');
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  return exports as unknown as K;
}
