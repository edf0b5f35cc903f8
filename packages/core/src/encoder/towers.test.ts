import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type LoadOptions, loadClip } from '../load-clip.ts';
import { type ModelFiles, modelFromBytes } from '../model-files.ts';
import { modelFromFolder } from '../node/index.ts';
import { safetensorsFile } from '../testing/safetensors-file.ts';
import { seededNumbers } from '../testing/seeded.ts';
import { siglipModel } from '../testing/siglip-model.ts';

const NANO = new URL('../../../../models/nano/', import.meta.url).pathname;
const SIZE = 48;
const IMAGES = [1, 2].map((seed) => ({ size: SIZE, data: seededNumbers(3 * SIZE * SIZE, seed) }));
const TEXTS = ['a photo of a sheep.', 'a boat'];

async function opened(options: LoadOptions, files?: ModelFiles) {
  const clip = await loadClip(files ?? (await modelFromFolder(NANO)), { threads: 1, ...options });
  onTestFinished(() => clip.dispose());
  return clip;
}

/** nano with some of its header or its values changed. */
async function changedNano(
  change: (header: Record<string, { data_offsets: [number, number] }>, data: Uint8Array) => void,
): Promise<ModelFiles> {
  const files = await modelFromFolder(NANO);
  const weights = new Uint8Array(await readFile(join(NANO, 'model.safetensors')));
  const length = Number(new DataView(weights.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(weights.subarray(8, 8 + length)));
  const data = weights.slice(8 + length);
  change(header, data);
  const changed = { 'model.safetensors': safetensorsFile(JSON.stringify(header), data) };
  return { ...files, openWeights: modelFromBytes('nano', changed).openWeights };
}

const WAYS = [
  { backend: 'wasm', precision: 'f32' },
  { backend: 'wasm', precision: 'int8' },
  { backend: 'reference', precision: 'f32' },
] as const;

test.each(WAYS)(
  'towers that are loaded when they are used, or one at a time, answer the same: $backend $precision',
  async (way) => {
    const both = await opened(way);
    const images = await both.encodeImages(IMAGES);
    const texts = await both.encodeTexts(TEXTS);
    const used = await opened({ ...way, towers: 'used' });
    const one = await opened({ ...way, towers: 'one' });
    for (const clip of [used, one]) {
      expect(await clip.encodeTexts(TEXTS)).toEqual(texts);
      expect(await clip.encodeImages(IMAGES)).toEqual(images);
      const turns = await Promise.all([
        clip.encodeTexts(TEXTS),
        clip.encodeImages(IMAGES),
        clip.encodeTexts(TEXTS),
      ]);
      expect(turns).toEqual([texts, images, texts]);
    }
  },
);

test.each(WAYS)(
  'a tower takes no memory before it is used, nor while the other is alone: $backend $precision',
  async (way) => {
    const whole = (await opened(way)).memoryBytes;
    const used = await opened({ ...way, towers: 'used' });
    const atFirst = used.memoryBytes;
    expect(atFirst).toBeLessThan(0.1 * whole);
    await used.loadTower('text');
    const text = used.memoryBytes;
    await used.loadTower('image');
    expect(used.memoryBytes).toBeCloseTo(whole, -6);

    const one = await opened({ ...way, towers: 'one' });
    for (let turn = 0; turn < 3; turn++) {
      await one.loadTower('image');
      await one.loadTower('text');
    }
    expect(one.memoryBytes).toBeLessThan(Math.max(text, whole - text) + 0.1 * whole);
  },
);

test('what a model will take is told before its weights are read, and may be refused', async () => {
  for (const precision of ['f32', 'int8'] as const) {
    const told: number[] = [];
    const clip = await opened({ precision, onMemory: (bytes) => told.push(bytes) });
    expect(told).toHaveLength(1);
    // WebAssembly hands memory out in pages of 64 kB.
    expect(Math.abs(clip.memoryBytes - told[0]!)).toBeLessThan(2 * 65_536);
    await opened({ precision, towers: 'one', onMemory: (bytes) => told.push(bytes) });
    expect(told[1]).toBeLessThan(0.8 * told[0]!);
  }
  const refuse = () => {
    throw new RangeError('no room');
  };
  await expect(opened({ onMemory: refuse })).rejects.toThrow('no room');
});

test('a token table that stays on the disk is not told as memory', async () => {
  const told: number[] = [];
  await opened({ onMemory: (bytes) => told.push(bytes) }, siglipModel());
  expect(told[0]).toBeLessThan((await siglipModel().openWeights())!.size - 1000 * 16 * 4);
});

test('a tensor that is missing is refused when the model is loaded, whether its tower is used or not', async () => {
  const files = await changedNano((header) => {
    header['text_projection.bias'] = header['text_projection.weight']!;
    delete header['text_projection.weight'];
  });
  for (const towers of ['both', 'used', 'one'] as const) {
    await expect(opened({ towers }, files)).rejects.toMatchObject({
      code: 'WEIGHTS_MISMATCH',
      message: expect.stringContaining('expected tensor text_projection.weight'),
    });
  }
});

test('a tower with a value that is not finite is refused each time it is used; the other one runs', async () => {
  const files = await changedNano((header, data) => {
    const [start] = header['visual_projection.weight']!.data_offsets;
    new DataView(data.buffer).setFloat32(start + 40, Number.NaN, true);
  });
  await expect(opened({}, files)).rejects.toMatchObject({ code: 'WEIGHTS_INVALID' });
  for (const towers of ['used', 'one'] as const) {
    const clip = await opened({ towers }, files);
    const failed = { code: 'WEIGHTS_INVALID', message: expect.stringContaining('got NaN at 10') };
    await expect(clip.encodeImages(IMAGES)).rejects.toMatchObject(failed);
    const { memoryBytes } = clip;
    await expect(clip.encodeImages(IMAGES)).rejects.toMatchObject(failed);
    expect(clip.memoryBytes).toBe(memoryBytes);
    expect(await clip.encodeTexts(TEXTS)).toHaveLength(2);
    await expect(clip.encodeImages(IMAGES)).rejects.toMatchObject(failed);
  }
});

test.each(['used', 'one'] as const)(
  'a model that is disposed of while it loads a tower, or before, rejects with DISPOSED: %s',
  async (towers) => {
    const clip = await opened({ towers });
    const under = clip.encodeImages(IMAGES);
    clip.dispose();
    await expect(under).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(clip.encodeTexts(TEXTS)).rejects.toMatchObject({ code: 'DISPOSED' });
  },
);

test('towers of another name are refused', async () => {
  const options = { towers: 'all' } as unknown as LoadOptions;
  await expect(opened(options)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: 'expected towers both or used or one, got all',
  });
});

test('a folder’s tokenizer is let go of before the weights come, bytes of one’s own are not', async () => {
  const folder = await modelFromFolder(NANO);
  const read: Uint8Array[] = [];
  const watched: ModelFiles = {
    ...folder,
    read: async (file) => {
      const bytes = await folder.read(file);
      if (file === 'tokenizer.json') read.push(bytes!);
      return bytes;
    },
  };
  const clip = await opened({ onMemory: () => expect(read[0]).toHaveLength(0) }, watched);
  expect(read).toHaveLength(1);
  expect(await clip.encodeTexts(TEXTS)).toHaveLength(2);

  const names = ['config.json', 'preprocessor_config.json', 'tokenizer.json', 'model.safetensors'];
  const files = Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, new Uint8Array(await readFile(join(NANO, name)))] as const),
    ),
  );
  await opened({}, modelFromBytes('nano', files));
  expect(files['tokenizer.json']!.length).toBeGreaterThan(400_000);
});
