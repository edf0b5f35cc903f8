import { base64Bytes } from '../base64.ts';

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

/** @param text a module in base64, as `tools/build-kernels.ts` writes it. */
function kernelBytes(text: string): Uint8Array<ArrayBuffer> {
  const known = decoded.get(text);
  if (known !== undefined) return known;
  const bytes = base64Bytes(text);
  decoded.set(text, bytes);
  return bytes;
}

export const kernelModule = (text: string): WebAssembly.Module =>
  new WebAssembly.Module(kernelBytes(text));

/** Whether this engine can run them. */
export const runsHere = (text: string): boolean => WebAssembly.validate(kernelBytes(text));

/** @typeParam K what the kernels export. */
export function instantiateKernels<K = Kernels>(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): K {
  const abort = () => {
    throw new Error('a kernel aborted');
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  return exports as unknown as K;
}
