import { base64Bytes } from '../../base64.ts';
import { KERNELS } from './kernels.generated.ts';

/** A build of the kernels: `relaxed` has fused multiply-add, where the engine knows relaxed SIMD. */
export type Simd = 'plain' | 'relaxed';

/** What `assembly/run.ts` exports. Addresses and sizes in bytes. */
export interface Kernels {
  run(
    program: number,
    steps: number,
    scratch: number,
    scratchBytes: number,
    control: number,
    thread: number,
    threads: number,
  ): number;
}

const decoded = new Map<keyof typeof KERNELS, Uint8Array<ArrayBuffer>>();

/** The module of a build, as bytes. */
export function kernelModule(simd: Simd, shared: boolean): Uint8Array<ArrayBuffer> {
  const name = shared ? (`${simd}Threads` as const) : simd;
  const known = decoded.get(name);
  if (known !== undefined) return known;
  const bytes = base64Bytes(KERNELS[name]);
  decoded.set(name, bytes);
  return bytes;
}

/** The best build that this engine can run. */
export function bestSimd(): Simd {
  return WebAssembly.validate(kernelModule('relaxed', false)) ? 'relaxed' : 'plain';
}

export function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Kernels {
  const abort = () => {
    throw new Error('a kernel aborted');
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  return exports as unknown as Kernels;
}
