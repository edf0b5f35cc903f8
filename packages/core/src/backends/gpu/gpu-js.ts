/**
 * What we use of gpu.js, with what its own declarations leave out. It is loaded when a model first asks
 * for the GPU, never before.
 */
import type { GpuMode } from '../backend.ts';

declare const brand: unique symbol;

/** A matrix of a pipeline: what a kernel gave, or an argument of the whole. */
export interface Handle {
  readonly [brand]: never;
}

/** A call inside a pipeline's function; outside of one it runs the kernel. */
export type Kernel = (...args: readonly (Handle | Input | Float32Array)[]) => Handle;

export interface Pipeline {
  (...args: readonly Input[]): Promise<readonly (readonly Float32Array[])[]>;
  readonly executorKind: string;
  readonly fallbackReason: string | null;
  /** The mode of the kernels that run: `gpu` for WebGL. */
  readonly backend: string | null;
  destroy(): Promise<void>;
}

export interface Input {
  readonly value: Float32Array;
}

interface KernelSettings {
  readonly output: readonly number[];
  readonly precision: 'single';
  /** Keeps the result on the device; a pipeline's own kernels do so anyway. */
  readonly pipeline?: boolean;
}

export interface Gpu {
  /** What `createKernel` makes. */
  Kernel: WebGpuKernelClass;
  createKernel(source: string, settings: KernelSettings): Kernel;
  createPipeline(steps: (...inputs: readonly Handle[]) => readonly Handle[]): Pipeline;
  destroy(): Promise<void>;
  /** In mode webgl2. */
  readonly canvas: EventTarget | null;
  readonly context: WebGL2RenderingContext | null;
}

/** A kernel in mode webgpu, with the internals that wgsl-kernel.ts leans on. */
interface WebGpuKernel {
  readonly source: string;
  workgroupSize: readonly number[];
  assembleWGSL(): string;
}

export type WebGpuKernelClass = new (source: string, settings: object) => WebGpuKernel;

export interface GpuJs {
  readonly GPU: new (settings: { mode: GpuMode }) => Gpu;
  /** Row-major values with their size as [columns, rows]. */
  readonly Input: new (
    value: Float32Array,
    size: readonly number[],
  ) => Input;
  readonly WebGPUKernel: WebGpuKernelClass;
  /** All webgpu kernels share one device, which is asked for again after a loss. */
  readonly WebGPUContext: {
    acquire(): Promise<{ readonly adapter: GPUAdapter; readonly device: GPUDevice }>;
  };
}

/** gpu.js is CommonJS: bundlers and Node agree on the default export alone. */
export async function loadGpuJs(): Promise<GpuJs> {
  const { default: gpuJs } = (await import('#gpu-js')) as unknown as { default: GpuJs };
  return gpuJs;
}
