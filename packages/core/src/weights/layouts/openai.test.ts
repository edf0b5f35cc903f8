import { expect, test } from 'vitest';
import { safetensorsFile } from '../../testing/safetensors-file.ts';
import { bytesInMemory } from '../byte-source.ts';
import { openCheckpoint } from '../checkpoint.ts';
import { openWeights } from '../load.ts';
import { openAiLayout } from './openai.ts';

/** A checkpoint whose float32 tensors hold 0, 1, 2, … unless values are given. */
function checkpoint(tensors: Readonly<Record<string, readonly number[] | Float32Array>>) {
  const header: Record<string, unknown> = {};
  const data: number[] = [];
  for (const [name, given] of Object.entries(tensors)) {
    const isShape = Array.isArray(given);
    const shape = isShape ? given : [given.length];
    const count = shape.reduce((a, b) => a * b, 1);
    const values = isShape ? Array.from({ length: count }, (_, i) => i) : [...given];
    const begin = 4 * data.length;
    data.push(...values);
    header[name] = { dtype: 'F32', shape, data_offsets: [begin, 4 * data.length] };
  }
  const bytes = new Uint8Array(Float32Array.from(data).buffer);
  return openCheckpoint(bytesInMemory(safetensorsFile(JSON.stringify(header), bytes)));
}

const parameter = (name: string, shape: readonly number[]) =>
  ({ kind: 'parameter', name, shape }) as const;

async function read(
  tower: Parameters<typeof openAiLayout>[0],
  tensors: Parameters<typeof checkpoint>[0],
  name: string,
  shape: readonly number[],
) {
  const layout = openAiLayout(tower, '');
  const weights = openWeights(await checkpoint(tensors), [parameter(name, shape)], layout);
  const whole = await weights.read(name);
  const part = new Float32Array(whole.length - 1);
  await weights.readInto(name, 1, part);
  expect(part).toEqual(whole.slice(1));
  return [...whole];
}

test('of stacked projections each is read by itself, and projections are turned round', async () => {
  const stacked = { 'visual.transformer.resblocks.0.attn.in_proj_bias': [6] };
  const name = 'vision.blocks.0.attention.key.bias';
  expect(await read('clip', stacked, name, [2])).toEqual([2, 3]);
  const projection = { 'visual.proj': [2, 3] };
  expect(await read('clip', projection, 'vision.projection', [3, 2])).toEqual([0, 3, 1, 4, 2, 5]);
});

const NORM = {
  'visual.trunk.bn1.weight': Float32Array.of(2, 3),
  'visual.trunk.bn1.bias': Float32Array.of(10, 20),
  'visual.trunk.bn1.running_mean': Float32Array.of(1, -1),
  'visual.trunk.bn1.running_var': Float32Array.of(4 - 1e-3, 9 - 1e-3),
};

test('a convolution’s channels come last, its batch norm is folded into weight and bias', async () => {
  const stem = { 'visual.trunk.conv_stem.weight': [2, 2, 1, 2], ...NORM };
  const layout = openAiLayout('efficientnet-lite', '');
  await expect(
    (async () =>
      openWeights(
        await checkpoint(stem),
        [parameter('vision.stem.weight', [2, 2, 2, 2])],
        layout,
      ))(),
  ).rejects.toThrow(
    'expected tensor visual.trunk.conv_stem.weight [2, 2, 2, 2] F32, F16 or BF16, got [2, 2, 1, 2]',
  );
  const square = { 'visual.trunk.conv_stem.weight': [2, 2, 2, 2], ...NORM };
  const weight = await read('efficientnet-lite', square, 'vision.stem.weight', [2, 2, 2, 2]);
  const scaled = [0, 4, 1, 5, 2, 6, 3, 7].concat([8, 12, 9, 13, 10, 14, 11, 15]);
  expect(weight.map(Math.fround)).toEqual(scaled); // 2 / √4 and 3 / √9 are 1
  const bias = await read('efficientnet-lite', square, 'vision.stem.bias', [2]);
  expect(bias).toEqual([9, 21]);
});

test('a depthwise convolution has a row for each place of its window', async () => {
  const block = 'visual.trunk.blocks.1.0';
  const tensors = {
    [`${block}.conv_dw.weight`]: [2, 1, 2, 2],
    [`${block}.bn2.weight`]: Float32Array.of(2, 30),
    [`${block}.bn2.bias`]: Float32Array.of(0, 0),
    [`${block}.bn2.running_mean`]: Float32Array.of(0, 0),
    [`${block}.bn2.running_var`]: Float32Array.of(4 - 1e-3, 9 - 1e-3),
  };
  const name = 'vision.stages.1.0.depthwise.weight';
  const weight = await read('efficientnet-lite', tensors, name, [4, 2]);
  expect(weight.map(Math.round)).toEqual([0, 40, 1, 50, 2, 60, 3, 70]);
});

test('a block’s tensor that no part of the model reads is refused, batch norms’ counters are not', async () => {
  const layer = 'visual.layer1.0';
  const norm = (name: string) => ({
    [`${name}.weight`]: [2],
    [`${name}.bias`]: [2],
    [`${name}.running_mean`]: [2],
    [`${name}.running_var`]: [2],
    [`${name}.num_batches_tracked`]: [1],
  });
  const tensors = { [`${layer}.conv1.weight`]: [2, 3, 1, 1], ...norm(`${layer}.bn1`) };
  const used = [parameter('vision.stages.0.0.reduce.weight', [2, 3])];
  const layout = openAiLayout('resnet', '');
  expect(openWeights(await checkpoint(tensors), used, layout).parameterCount).toBe(6 + 2);
  const further = await checkpoint({ ...tensors, [`${layer}.se.weight`]: [2] });
  expect(() => openWeights(further, used, layout)).toThrow(`got tensor ${layer}.se.weight`);
});
