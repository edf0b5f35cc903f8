import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Jimp } from 'jimp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Clip } from './clip.ts';
import type { RgbImage } from './image/rgb-image.ts';
import { type LoadOptions, loadClip } from './load-clip.ts';
import { modelFromBytes } from './model-files.ts';
import { modelFromFolder } from './node/index.ts';
import { seededNumbers } from './testing/seeded.ts';

const NANO = fileURLToPath(new URL('../../../models/nano', import.meta.url));
const PHOTO = new URL('../../api/examples/nagasaki-boats.jpg', import.meta.url);
const FILES = [
  'config.json',
  'preprocessor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'model.safetensors',
] as const;

type FileName = (typeof FILES)[number];

async function nanoFiles(changes: Partial<Record<FileName, Uint8Array | undefined>> = {}) {
  const files: Record<string, Uint8Array> = {};
  for (const name of FILES) {
    const bytes = name in changes ? changes[name] : await readFile(join(NANO, name));
    if (bytes !== undefined) files[name] = bytes;
  }
  return modelFromBytes('nano', files);
}

async function changedJson(name: FileName, change: (json: Record<string, unknown>) => void) {
  const json = JSON.parse(await readFile(join(NANO, name), 'utf8'));
  change(json);
  return { [name]: new TextEncoder().encode(JSON.stringify(json)) };
}

function picture(seed: number): RgbImage {
  const data = Uint8Array.from(seededNumbers(60 * 50 * 3, seed), (value) => (value + 1) * 127.5);
  return { width: 60, height: 50, channels: 3, data };
}

const loadWith = async (options: LoadOptions) => loadClip(await nanoFiles(), options);

const lengthOf = (vector: Float32Array) => Math.hypot(...vector);
const cosine = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0) / (lengthOf(a) * lengthOf(b));

let clip: Clip;
beforeAll(async () => {
  clip = await loadClip(await modelFromFolder(NANO));
});
afterAll(() => clip.dispose());

test('info says what was loaded and what runs it', () => {
  expect(clip.info).toMatchObject({
    name: 'nano',
    embeddingWidth: 128,
    imageSize: 48,
    contextLength: 77,
    backend: { name: 'wasm', precision: 'f32', simd: 'relaxed' },
  });
  expect(clip.info.logitScale).toBeCloseTo(17.97, 1);
  expect(clip.memoryBytes).toBeGreaterThan(4 * clip.info.parameters - 1024);
});

test('a model in memory gives what the same model in a folder gives', async () => {
  const inMemory = await loadClip(await nanoFiles());
  expect(inMemory.info).toEqual(clip.info);
  expect(await inMemory.encodeTexts(['a cat'])).toEqual(await clip.encodeTexts(['a cat']));
  inMemory.dispose();
});

test('embeddings have length 1, raw ones the same direction', async () => {
  const images = [picture(1), picture(2)];
  for (const [encoded, raw] of [
    [await clip.encodeImages(images), await clip.encodeImages(images, { normalize: false })],
    [await clip.encodeTexts(['cat']), await clip.encodeTexts(['cat'], { normalize: false })],
  ] as const) {
    encoded.forEach((embedding, i) => {
      expect(embedding).toHaveLength(128);
      expect(lengthOf(embedding)).toBeCloseTo(1, 6);
      expect(lengthOf(raw[i]!)).not.toBeCloseTo(1, 2);
      expect(cosine(embedding, raw[i]!)).toBeCloseTo(1, 6);
    });
  }
});

test('a batch of any size gives each image and text what it gets alone, in order', async () => {
  const images = Array.from({ length: 11 }, (_, i) => picture(i));
  const together = await clip.encodeImages(images);
  expect(together).toHaveLength(11);
  for (const i of [0, 7, 8, 10]) {
    expect(together[i]).toEqual((await clip.encodeImages([images[i]!]))[0]);
  }
  const texts = Array.from({ length: 150 }, (_, i) => `label ${'very '.repeat(i % 7)}${i}`);
  const embeddings = await clip.encodeTexts(texts);
  for (const i of [0, 6, 101, 149]) {
    expect(embeddings[i]).toEqual((await clip.encodeTexts([texts[i]!]))[0]);
  }
});

test('no images and no texts give no embeddings', async () => {
  expect(await clip.encodeImages([])).toEqual([]);
  expect(await clip.encodeTexts([])).toEqual([]);
});

test('a file, its pixels and its tensor are the same image', async () => {
  const bytes = await readFile(PHOTO);
  const tensor = await clip.preprocess(bytes);
  expect([tensor.size, tensor.data.length]).toEqual([48, 3 * 48 * 48]);
  const [fromBytes, fromTensor] = await clip.encodeImages([bytes, tensor]);
  expect(fromBytes).toEqual(fromTensor);
});

test('an image of jimp is what its pixels are, cropped and turned there', async () => {
  const photo = await Jimp.read(fileURLToPath(PHOTO));
  const { width, height } = photo;
  const edited = photo.crop({ x: 20, y: 10, w: width - 60, h: height - 40 }).rotate(90);
  const file = await edited.getBuffer('image/png');
  const [fromJimp, fromFile] = await clip.encodeImages([edited, file]);
  expect(fromJimp).toEqual(fromFile);
  const labels = ['boats', 'sheep'];
  expect(await clip.classify([edited], labels)).toEqual(await clip.classify([file], labels));
});

test('what follows the end token changes nothing', async () => {
  const { ids } = clip.tokenize('a photo of a dog');
  const padded = [...ids, ...Array.from({ length: 77 - ids.length }, () => 8191)];
  const [plain, withPadding] = await clip.encodeTexts([
    { ids, truncated: false },
    { ids: padded, truncated: false },
  ]);
  expect(withPadding).toEqual(plain);
});

test('a photograph of boats is classified as boats, with probabilities that sum to 1', async () => {
  const [result] = await clip.classify([await readFile(PHOTO)], ['boat', 'dog', 'pizza']);
  expect(result!.best.label).toBe('boat');
  const sum = result!.scores.reduce((total, { probability }) => total + probability!, 0);
  expect(sum).toBeCloseTo(1, 6);
});

test('templates are averaged as directions of length 1', async () => {
  const templates = ['a photo of a {}.', '{}'];
  const [ensembled] = await clip.encodeLabels(['cat'], templates);
  const [a, b] = await clip.encodeTexts(['a photo of a cat.', 'cat']);
  const mean = a!.map((value, i) => value + b![i]!);
  expect(cosine(ensembled!, mean)).toBeCloseTo(1, 6);
  expect(lengthOf(ensembled!)).toBeCloseTo(1, 6);
});

describe('an argument that cannot be used is refused with BAD_INPUT:', () => {
  const image = picture(1);
  test.each<[string, () => Promise<unknown>, string]>([
    ['no labels', () => clip.classify([image], []), 'expected at least 1 label, got none'],
    [
      'an empty label',
      () => clip.classify([image], ['a', ' ']),
      'label 1: expected a text, got none',
    ],
    ['no templates', () => clip.classify([image], ['a'], { templates: [] }), 'at least 1 template'],
    ['a template without {}', () => clip.encodeLabels(['a'], ['photo']), 'a template with {}'],
    [
      'pixels of another size',
      () => clip.encodeImages([{ size: 32, data: new Float32Array(3 * 32 * 32) }]),
      'expected pixels [3, 48, 48], got 3,072 values of size 32',
    ],
    [
      'foreign token ids',
      () => clip.encodeTexts([{ ids: [49406, 49407], truncated: false }]),
      'expected token ids below 8192, got 49406',
    ],
    [
      'pixels that are fewer than the size says',
      () => clip.encodeImages([{ width: 9, height: 9, channels: 3, data: new Uint8Array(10) }]),
      'got 9 × 9 × 3 and 10 values',
    ],
    [
      'a picture without pixels',
      () => clip.encodeImages([{ width: 0, height: 0, channels: 3, data: new Uint8Array(0) }]),
      'got 0 × 0 × 3 and 0 values',
    ],
    ['a path', () => clip.encodeImages(['photo.jpg']), 'the URL of an image'],
    ['a number', () => clip.encodeTexts([5 as never]), 'a text or its token ids, got number'],
    [
      'an unknown mode',
      () => clip.classify([image], ['a'], { mode: 'hard' as never }),
      'expected mode softmax, sigmoid, cosine, got hard',
    ],
    [
      'no threads',
      () => loadWith({ threads: 0 }),
      'threads as a whole number from 1 to 256, got 0',
    ],
    ['no niceness', () => loadWith({ niceness: 20 }), 'from 0 to 19, got 20'],
    ['half a thread', () => loadWith({ threads: 1.5 }), 'got 1.5'],
    ['an unknown precision', () => loadWith({ precision: 'f8' as never }), 'f32 or int8, got f8'],
    [
      'an unknown backend',
      () => loadWith({ backend: 'abacus' as never }),
      'auto or wasm or gpu or reference',
    ],
    [
      'int8 on the reference backend',
      () => loadWith({ backend: 'reference', precision: 'int8' }),
      'backend reference: expected precision f32, got int8',
    ],
  ])('%s', async (_, call, message) => {
    await expect(call()).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining(message),
    });
  });
});

describe('a model that cannot be loaded is refused with its fault:', () => {
  test.each(
    FILES.filter((name) => name !== 'tokenizer_config.json').map((name) => [
      name,
      name === 'tokenizer.json'
        ? 'expected tokenizer.json, or vocab.json with merges.txt, got none'
        : `got no ${name}`,
    ]),
  )('no %s', async (name, message) => {
    await expect(loadClip(await nanoFiles({ [name]: undefined }))).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining(message),
    });
  });

  test('a tokenizer without an end-of-text token', async () => {
    const files = await changedJson('tokenizer.json', (json) => {
      json.post_processor = null;
    });
    await expect(loadClip(await nanoFiles(files))).rejects.toMatchObject({
      code: 'MODEL_CONFIG_INVALID',
      message: expect.stringContaining('expected each text to end with an end-of-text token of id'),
    });
  });

  test('a config that does not fit the weights', async () => {
    const files = await changedJson('config.json', (json) => {
      json.projection_dim = 64;
    });
    await expect(loadClip(await nanoFiles(files))).rejects.toMatchObject({
      code: 'WEIGHTS_MISMATCH',
      message:
        'expected tensor visual_projection.weight [64, 128] F32, F16 or BF16, got [128, 128] F32',
    });
  });

  test('more layers than the weights have', async () => {
    const files = await changedJson('config.json', (json) => {
      (json.text_config as Record<string, unknown>).num_hidden_layers = 3;
    });
    await expect(loadClip(await nanoFiles(files))).rejects.toMatchObject({
      code: 'WEIGHTS_MISMATCH',
      message: expect.stringMatching(/text_model\.encoder\.layers\.2\..* got none$/),
    });
  });

  test('fewer layers than the weights have', async () => {
    const files = await changedJson('config.json', (json) => {
      (json.vision_config as Record<string, unknown>).num_hidden_layers = 5;
    });
    await expect(loadClip(await nanoFiles(files))).rejects.toMatchObject({
      code: 'WEIGHTS_MISMATCH',
      message: expect.stringMatching(/beyond the config's, got tensor vision_model.*layers\.5\./),
    });
  });

  test('weights cut short, in memory and in a folder', async () => {
    const whole = await readFile(join(NANO, 'model.safetensors'));
    const cut = whole.subarray(0, whole.length - 1);
    await expect(loadClip(await nanoFiles({ 'model.safetensors': cut }))).rejects.toMatchObject({
      code: 'WEIGHTS_INVALID',
      message: expect.stringContaining('truncated: expected'),
    });
    const folder = await mkdtemp(join(tmpdir(), 'clipql-'));
    for (const name of FILES) await writeFile(join(folder, name), await readFile(join(NANO, name)));
    await writeFile(join(folder, 'model.safetensors'), cut);
    await expect(loadClip(await modelFromFolder(folder))).rejects.toMatchObject({
      code: 'WEIGHTS_INVALID',
    });
    await rm(folder, { recursive: true });
  });

  test('a folder that does not exist', async () => {
    await expect(modelFromFolder('/nowhere/at/all')).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('got none at'),
    });
  });
});

test('after dispose every call that needs the model rejects with DISPOSED', async () => {
  const short = await loadClip(await nanoFiles());
  const inFlight = short.encodeTexts(['cat']);
  short.dispose();
  await expect(inFlight).rejects.toMatchObject({ code: 'DISPOSED' });
  await expect(short.encodeImages([picture(1)])).rejects.toMatchObject({ code: 'DISPOSED' });
  await expect(short.encodeTexts(['a longer text'])).rejects.toMatchObject({ code: 'DISPOSED' });
});

describe('imageGradient', () => {
  const pixels = (seed: number) => ({ size: 48, data: seededNumbers(3 * 48 * 48, seed, 2) });
  const target = (seed: number) => seededNumbers(128, seed);

  test.each([
    { model: 'the model', dropped: [] },
    { model: 'the model without some branches', dropped: [7, 0, 11] },
  ])(
    'is the direction in which the weighted sum of the cosines of $model grows, as fast as its length says',
    async ({ dropped }) => {
      const targets = [{ embedding: target(1) }, { embedding: target(2), weight: -0.5 }];
      const image = pixels(3);
      const score = async (data: Float32Array) => {
        const [result] = await clip.imageGradient([{ size: 48, data }], targets, { dropped });
        const [first, second] = result!.cosines;
        return first! - 0.5 * second!;
      };
      const [result] = await clip.imageGradient([image], targets, { dropped });
      const { gradient } = result!;
      const length = lengthOf(gradient);
      const moved = (distance: number) =>
        image.data.map((value, i) => value + (distance * gradient[i]!) / length);
      const slope = ((await score(moved(0.02))) - (await score(moved(-0.02)))) / 0.04;
      expect(Math.abs(slope / length - 1)).toBeLessThan(0.01);
    },
  );

  test('gives each image of a call what it gives it alone, and the cosines of encodeImages', async () => {
    const images = Array.from({ length: 11 }, (_, i) => pixels(i));
    const targets = [{ embedding: target(1) }];
    const together = await clip.imageGradient(images, targets);
    expect(together).toHaveLength(11);
    for (const [i, embedding] of (await clip.encodeImages(images)).entries()) {
      expect(together[i]!.cosines[0]).toBeCloseTo(cosine(embedding, target(1)), 6);
    }
    const [alone] = await clip.imageGradient([images[9]!], targets);
    const difference = alone!.gradient.map((value, i) => value - together[9]!.gradient[i]!);
    expect(lengthOf(difference) / lengthOf(alone!.gradient)).toBeLessThan(1e-5);
    expect(together[8]!.gradient).not.toEqual(together[9]!.gradient);
  });

  test('counts only the direction of a target', async () => {
    const [short, long] = await Promise.all(
      [1, 100].map((scale) =>
        clip.imageGradient([pixels(1)], [{ embedding: target(1).map((value) => value * scale) }]),
      ),
    );
    const difference = short![0]!.gradient.map((value, i) => value - long![0]!.gradient[i]!);
    expect(lengthOf(difference) / lengthOf(short![0]!.gradient)).toBeLessThan(1e-5);
  });

  test('is another with branches dropped, in whatever order, and as before in later calls', async () => {
    const ask = async (dropped: readonly number[]) => {
      const [result] = await clip.imageGradient([pixels(1)], [{ embedding: target(1) }], {
        dropped,
      });
      return result!;
    };
    const whole = await ask([]);
    const without = await ask([2, 9]);
    expect(await ask([9, 2, 9])).toEqual(without);
    expect(without.cosines[0]).not.toBeCloseTo(whole.cosines[0]!, 3);
    expect(await ask([])).toEqual(whole);
    for (const branch of [12, -1, 0.5]) {
      await expect(ask([branch])).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: `expected a residual branch of 0 to 11, got ${branch}`,
      });
    }
  });

  test('refuses what is no target, other sizes, and backends without gradients', async () => {
    const embedding = target(1);
    const refused = async (targets: unknown, message: string, image = pixels(1)) =>
      expect(clip.imageGradient([image], targets as [])).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: expect.stringContaining(message),
      });
    await refused([], 'expected a target, got none');
    await refused([{ embedding: embedding.subarray(1) }], 'target 0: expected [128], got [127]');
    await refused([{ embedding }, { embedding: new Float32Array(128) }], 'target 1: expected an');
    await refused([{ embedding, weight: 1e39 }], 'expected a finite weight');
    const other = { size: 47, data: new Float32Array(3 * 47 * 47) };
    await refused([{ embedding }], 'expected pixels [3, 48, 48]', other);
    const int8 = await loadWith({ precision: 'int8' });
    await expect(int8.imageGradient([pixels(1)], [{ embedding }])).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: 'expected backend wasm in precision f32 for gradients, got backend wasm in int8',
    });
    int8.dispose();
  });
});
