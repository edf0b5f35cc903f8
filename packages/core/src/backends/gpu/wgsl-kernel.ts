/**
 * Kernels whose WGSL we write, inside gpu.js's pipelines. gpu.js fixes a thread's work at one element
 * and reads single floats; a matrix product is several times faster with more of both.
 *
 * It leans on these internals of gpu.js 2.24.1, which is therefore pinned exactly, and
 * wgsl-kernel.test.ts fails when they move:
 *
 * - `createKernel` makes `new gpu.Kernel(source, …)`, and a pipeline clones its kernels through it, with
 *   the same `source`;
 * - what `assembleWGSL()` returns is what is compiled, with the entry point `main`;
 * - `workgroupSize`, read after that, is what the output's size is divided by, rounded up, to give the
 *   number of workgroups;
 * - binding 0 is a uniform that begins with the output's columns and rows as u32, the arguments follow
 *   from 1 on in their order, and the result is last; all of group 0.
 */
import type { Gpu, WebGpuKernelClass } from './gpu-js.ts';

/** A kernel in WGSL that stands in for a source with the same arguments and result. */
export interface WgslBody {
  readonly code: string;
  /** Columns and rows of the result that one workgroup computes. */
  readonly tile: readonly [number, number];
}

/** Makes a `Gpu` in mode webgpu compile these bodies in place of the sources that are their keys. */
export function useWgsl(gpu: Gpu, Base: WebGpuKernelClass, bodies: ReadonlyMap<string, WgslBody>) {
  gpu.Kernel = class extends Base {
    override assembleWGSL(): string {
      const translated = super.assembleWGSL();
      const body = bodies.get(this.source);
      if (body === undefined) return translated;
      this.workgroupSize = [...body.tile, 1];
      return body.code;
    }
  };
}
