import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Clip } from '../../clip.ts';
import { loadClip } from '../../load-clip.ts';
import { nanoModel } from '../../testing/nano.ts';
import { seededNumbers } from '../../testing/seeded.ts';
import { describeOnWebGpu } from '../../testing/webgpu-here.ts';
import { loadGpuJs } from './gpu-js.ts';

async function loaded(): Promise<Clip> {
  const clip = await loadClip(await nanoModel(), { backend: 'gpu' });
  onTestFinished(() => clip.dispose());
  return clip;
}

async function device(): Promise<GPUDevice> {
  const { WebGPUContext } = await loadGpuJs();
  return (await WebGPUContext.acquire()).device;
}

const image = (seed: number) => ({ size: 48, data: seededNumbers(3 * 48 * 48, seed) });
const images = (count: number) => Array.from({ length: count }, (_, i) => image(i));
const TEXTS = Array.from({ length: 20 }, (_, i) => 'a photo of a cat '.repeat(1 + (i % 4)));

test('whoever runs on wasm alone does not load gpu.js or webgpu', () => {
  const script = fileURLToPath(new URL('../../testing/loaded-modules.ts', import.meta.url));
  const run = (backend: string) =>
    execFileSync(process.execPath, ['--conditions=clipql-source', script, backend], {
      encoding: 'utf8',
    });
  expect(run('wasm')).toBe('');
  expect(run('gpu')).toContain('gpu.js');
});

describeOnWebGpu('on WebGPU', () => {
  test('info says what runs: mode, adapter, executor', async () => {
    const { backend } = (await loaded()).info;
    expect(backend).toMatchObject({ name: 'gpu', mode: 'webgpu', executor: 'fused-encoder' });
    expect(backend.adapter).toMatch(/\w/);
  });

  test('a second call uploads only its input, and submits once', async () => {
    const clip = await loaded();
    await clip.encodeImages([image(1)]);
    const { queue } = await device();
    const write = vi.spyOn(queue, 'writeBuffer');
    const submit = vi.spyOn(queue, 'submit');
    onTestFinished(() => {
      write.mockRestore();
      submit.mockRestore();
    });
    await clip.encodeImages([image(2)]);
    const written = write.mock.calls.map(([, , data]) => (data as Float32Array).byteLength);
    const [pixels, offsets, classRows] = [4 * 3 * 48 * 48, 4 * 2, 4];
    expect(written.sort((a, b) => a - b)).toEqual([classRows, offsets, pixels]);
    expect(submit).toHaveBeenCalledTimes(1);
  });

  test('whatever comes, the device holds at most two copies of a tower’s weights', async () => {
    const clip = await loaded();
    const create = vi.spyOn(await device(), 'createBuffer');
    onTestFinished(() => create.mockRestore());
    const uploaded = () =>
      create.mock.calls.reduce(
        (sum, [{ size, mappedAtCreation }]) => sum + (mappedAtCreation ? size : 0),
        0,
      );
    await clip.encodeImages(images(1));
    const one = uploaded();
    for (const count of [9, 1]) await clip.encodeImages(images(count));
    expect(uploaded()).toBe(2 * one);

    create.mockClear();
    await clip.encodeTexts(TEXTS.slice(0, 1));
    const text = uploaded();
    for (const count of [2, 17]) await clip.encodeTexts(TEXTS.slice(0, count));
    await clip.encodeTexts(['word '.repeat(200)]);
    expect(uploaded()).toBe(2 * text);
    expect(one + text).toBeGreaterThan(4 * clip.info.parameters - 1024);
  });

  test('images and texts are embedded alike in any batch, padded or not', async () => {
    const clip = await loaded();
    const apart: Float32Array[] = [];
    for (const one of images(9)) apart.push(...(await clip.encodeImages([one])));
    const together = await clip.encodeImages(images(9));
    expect(together.length).toBe(9);
    for (const [i, embedding] of together.entries()) expectClose(embedding, apart[i]!);

    const wasm = await loadClip(await nanoModel());
    onTestFinished(() => wasm.dispose());
    const texts = await clip.encodeTexts(TEXTS);
    const expected = await wasm.encodeTexts(TEXTS);
    expect(texts.length).toBe(20);
    for (const [i, embedding] of texts.entries()) expectClose(embedding, expected[i]!);
  });

  test('when the device is lost, what is in flight fails with a code and the next call runs', async () => {
    const clip = await loaded();
    const [before] = await clip.encodeImages([image(1)]);
    const [words] = await clip.encodeTexts(['a photo of a cat.']);
    const current = await device();
    const submit = current.queue.submit.bind(current.queue);
    vi.spyOn(current.queue, 'submit').mockImplementationOnce((commands) => {
      submit(commands);
      current.destroy();
    });
    await expect(clip.encodeImages([image(2)])).rejects.toMatchObject({ code: 'GPU_LOST' });
    expect(await clip.encodeImages([image(1)])).toEqual([before]);
    expect(await clip.encodeTexts(['a photo of a cat.'])).toEqual([words]);
  });

  test('a device that is lost between calls is replaced unnoticed', async () => {
    const clip = await loaded();
    const [before] = await clip.encodeImages([image(1)]);
    const lost = await device();
    lost.destroy();
    await lost.lost;
    expect(await clip.encodeImages([image(1)])).toEqual([before]);
  });
});

function expectClose(got: Float32Array, expected: Float32Array): void {
  const squares = got.reduce((sum, value, i) => sum + (value - expected[i]!) ** 2, 0);
  expect(Math.sqrt(squares)).toBeLessThan(1e-5);
}
