import { afterEach, expect, test, vi } from 'vitest';
import { loadClip } from '../../load-clip.ts';
import { nanoModel } from '../../testing/nano.ts';
import { findGpu } from './adapter.ts';

afterEach(() => vi.unstubAllGlobals());

/** As a browser would have it: an adapter that describes itself so, or none. */
function withAdapter(info: Partial<GPUAdapterInfo> | undefined): void {
  const adapter = info === undefined ? null : { info: { isFallbackAdapter: false, ...info } };
  vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => adapter } });
}

test.each([
  ['SwiftShader', { vendor: 'google', architecture: 'swiftshader' }],
  ['llvmpipe', { description: 'llvmpipe (LLVM 15.0.6, 256 bits)' }],
  ['Microsoft Basic Render Driver', { description: 'Microsoft Basic Render Driver' }],
  ['a fallback adapter of any name', { vendor: 'acme', isFallbackAdapter: true }],
])('%s is an adapter in software', async (_, info) => {
  withAdapter(info);
  expect(await findGpu()).toMatchObject({ mode: 'webgpu', software: true });
});

test.each([
  ['NVIDIA H100 80GB HBM3', { vendor: 'nvidia', description: 'NVIDIA H100 80GB HBM3' }],
  ['apple metal-3', { vendor: 'apple', architecture: 'metal-3' }],
])('%s is hardware', async (name, info) => {
  withAdapter(info);
  expect(await findGpu()).toEqual({ mode: 'webgpu', name, software: false });
});

test('where no adapter answers, backend gpu is refused with a code, and auto is wasm', async () => {
  withAdapter(undefined);
  await expect(loadClip(await nanoModel(), { backend: 'gpu' })).rejects.toMatchObject({
    code: 'GPU_UNAVAILABLE',
    message: expect.stringContaining('no adapter answers'),
  });
  const clip = await loadClip(await nanoModel(), { backend: 'auto' });
  expect(clip.info.backend.name).toBe('wasm');
  clip.dispose();
});

test('auto leaves an adapter in software alone, and takes wasm', async () => {
  withAdapter({ vendor: 'google', architecture: 'swiftshader' });
  const clip = await loadClip(await nanoModel(), { backend: 'auto' });
  expect(clip.info.backend.name).toBe('wasm');
  clip.dispose();
});

test.each([
  [{ backend: 'gpu', precision: 'int8' }, 'backend gpu: expected precision f32, got int8'],
  [{ gpuMode: 'webgpu' }, 'expected gpuMode webgpu or webgl2 or webasm or cpu, with backend gpu'],
] as const)('%o is refused', async (options, message) => {
  await expect(loadClip(await nanoModel(), options)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining(message),
  });
});
