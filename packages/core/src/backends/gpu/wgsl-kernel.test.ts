/** Fails when gpu.js moves what wgsl-kernel.ts leans on, with a GPU and without. */
import { expect, onTestFinished, test } from 'vitest';
import { describeOnWebGpu } from '../../testing/webgpu-here.ts';
import { loadGpuJs } from './gpu-js.ts';
import { Session } from './session.ts';
import type { WgslBody } from './wgsl-kernel.ts';

const SOURCE =
  'function probe(x, y) { return x[this.thread.y][this.thread.x] + y[this.thread.x]; }';

/** Gives `100 · x + y` where the source gives `x + y`; two columns and three rows a thread. */
const BODY: WgslBody = {
  code: `
struct Params { columns : u32, rows : u32 }
@group(0) @binding(0) var<uniform> params : Params;
@group(0) @binding(1) var<storage, read> x : array<f32>;
@group(0) @binding(2) var<storage, read> y : array<f32>;
@group(0) @binding(3) var<storage, read_write> result : array<f32>;
@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) id : vec3u) {
  for (var r = id.y * 3u; r < min(id.y * 3u + 3u, params.rows); r++) {
    for (var c = id.x * 2u; c < min(id.x * 2u + 2u, params.columns); c++) {
      result[r * params.columns + c] += 100.0 * x[r * params.columns + c] + y[c];
    }
  }
}`,
  tile: [2, 3],
};

test('the version of gpu.js is the one whose internals are known', async () => {
  const { default: manifest } = await import('gpu.js/package.json', { with: { type: 'json' } });
  expect(manifest.version).toBe('2.24.1');
});

test('the methods and the field that are overridden or set are there', async () => {
  const { WebGPUKernel } = await loadGpuJs();
  const { prototype } = WebGPUKernel as unknown as { prototype: Record<string, () => void> };
  expect(prototype.assembleWGSL).toBeTypeOf('function');
  expect(String(prototype.build)).toContain('this.assembleWGSL()');
  expect(String(prototype._computeDispatch)).toContain('this.workgroupSize');
});

describeOnWebGpu('on WebGPU', () => {
  test('a pipeline runs our WGSL, once for each tile, on arguments in their order', async () => {
    const gpuJs = await loadGpuJs();
    const session = await Session.open(gpuJs, 'webgpu');
    onTestFinished(() => session.dispose());
    const y = Float32Array.of(1, 2, 3, 4, 5);
    const pipeline = session.pipeline(1, (x) => {
      const kernel = session.kernel(SOURCE, [5, 7], BODY);
      return [kernel(x!, y)];
    });
    const x = Float32Array.from({ length: 35 }, (_, i) => i);
    const [rows] = await session.firstRun(pipeline, [new gpuJs.Input(x, [5, 7])]);
    expect(rows!.flatMap((row) => [...row])).toEqual([...x].map((v, i) => 100 * v + y[i % 5]!));
    expect([pipeline.executorKind, pipeline.fallbackReason]).toEqual(['fused-encoder', null]);
  });
});
