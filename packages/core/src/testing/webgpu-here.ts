import { describe, test } from 'vitest';
import { findGpu } from '../backends/gpu/adapter.ts';

const adapter = await findGpu();
/** Whether a WebGPU adapter, software or not, answers in this process. */
export const WEBGPU_HERE = adapter !== undefined;

if (!WEBGPU_HERE && process.env.CLIPQL_REQUIRE_GPU === '1') {
  throw new Error('CLIPQL_REQUIRE_GPU is 1, but no WebGPU adapter answers');
}

/** A suite that needs WebGPU; where there is none it is skipped, under a name that says so. */
export function describeOnWebGpu(name: string, suite: () => void): void {
  if (WEBGPU_HERE) describe(name, suite);
  else test.skip(`${name}: skipped, since no WebGPU adapter answers here`, () => {});
}
