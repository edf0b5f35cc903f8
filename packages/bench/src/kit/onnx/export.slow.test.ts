/** The peers' graphs must be the same model: they are run on onnxruntime and compared with float64. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadClip, type ModelFiles } from '@clipql/core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareMatrices } from '../compare.ts';
import { idTensor, pixelTensor } from '../engines/tensors.ts';
import { benchModel } from '../models/bench-model.ts';
import { imageSizeOf } from '../models/clip-sizes.ts';
import { recipePixels } from '../models/recipe.ts';
import {
  type ForwardCase,
  type Matrix,
  modelOfCase,
  readCase,
  referenceCase,
} from '../models/reference-case.ts';
import { exportTower } from './export.ts';
import { quantizeColumns } from './linear-layers.ts';
import { integer, lengthOf, message, nested, text } from './protobuf.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-onnx-'));
});
afterAll(() => rm(folder, { recursive: true }));

const CASES = [
  'tiny-gelu',
  'tiny-quick-gelu',
  'odd-sizes',
  'nano',
  'open-clip-tiny',
  'open-clip-tiny-quick-gelu',
  'lite',
] as const;

describe.each(CASES)('the exported %s', (name) => {
  test.each([
    ['f32', 'image'],
    ['f32', 'text'],
    ['int8', 'image'],
    ['int8', 'text'],
  ] as const)('gives the embeddings of float64 in %s: %s', async (precision, tower) => {
    const forwardCase = await readCase(referenceCase(name));
    const { config } = forwardCase;
    const model = await modelOfCase(forwardCase);
    const file = await exportTower(model, config, join(folder, name), { tower, precision });
    const session = await InferenceSession.create(file);
    const expected = forwardCase[`${tower}s`]!.embeddings;
    const { [`${tower}_embeds`]: output } = await session.run(feedsOf(forwardCase, tower));
    const actual = rowsOf(output!.data as Float32Array, expected);
    const { relL2, minCosine } = compareMatrices(actual, expected);
    if (precision === 'f32') expect(relL2).toBeLessThanOrEqual(1e-5);
    else expect(minCosine).toBeGreaterThanOrEqual(0.99);
  });
});

// Strides of odd maps pad unevenly, otherwise than those of even ones.
test.each([75, 96])('the exported trunk gives what ours gives for a side of %i', async (side) => {
  const { files, config } = await benchModel('lite');
  const { model_cfg } = config as { model_cfg: { vision_cfg: object } };
  const vision_cfg = { ...model_cfg.vision_cfg, image_size: side };
  const resized = { model_cfg: { ...model_cfg, vision_cfg } };
  const json = new TextEncoder().encode(JSON.stringify(resized));
  const read: ModelFiles['read'] = async (file) =>
    file === 'open_clip_config.json' ? json : files.read(file);
  const model = { ...files, read, openWeights: () => files.openWeights() };
  const options = { tower: 'image', precision: 'f32' } as const;
  const file = await exportTower(model, resized, join(folder, `lite-${side}`), options);
  const session = await InferenceSession.create(file);
  const pixels = recipePixels(1, side, 0);
  const input = new Tensor('float32', pixels[0]!, [1, 3, side, side]);
  const { image_embeds: output } = await session.run({ pixel_values: input });
  const clip = await loadClip(model, { threads: 1 });
  const expected = await clip.encodeImages([{ size: side, data: pixels[0]! }], {
    normalize: false,
  });
  clip.dispose();
  expect(compareMatrices([output!.data as Float32Array], expected).relL2).toBeLessThan(1e-5);
});

function feedsOf({ config, seed, images, texts }: ForwardCase, tower: 'image' | 'text') {
  if (tower === 'text') {
    const { ids } = texts!;
    const padTo = Math.max(...ids.map((row) => row.length));
    const { values, shape } = idTensor({ tower, ids, padTo });
    return { input_ids: new Tensor('int64', values, [...shape]) };
  }
  const batch = images!.embeddings.length;
  const { values, shape } = pixelTensor({ tower, batch }, config);
  const pixels = recipePixels(batch, imageSizeOf(config), seed);
  for (const [i, image] of pixels.entries()) values.set(image, i * image.length);
  return { pixel_values: new Tensor('float32', values, [...shape]) };
}

const rowsOf = (values: Float32Array, { length }: Matrix): Float32Array[] => {
  const width = values.length / length;
  return Array.from({ length }, (_, i) => values.subarray(i * width, (i + 1) * width));
};

describe('the wire format', () => {
  test('is that of Protocol Buffers', () => {
    const bytes = message(integer(1, 150), text(2, 'testing'), nested(3, integer(1, -1)));
    expect(Buffer.concat(bytes).toString('hex')).toBe(
      ['089601', '120774657374696e67', '1a0b08ffffffffffffffffff01'].join(''),
    );
    expect(lengthOf(bytes)).toBe(25);
  });
});

test('a column’s largest weight becomes 64, and a column of zeros stays zeros', () => {
  const { values, scales } = quantizeColumns(Float32Array.of(1, 0, -0.25, 0), 2, 2);
  expect([...values]).toEqual([64, 0, -16, 0]);
  expect(scales[0]).toBeCloseTo(1 / 64, 8);
});
