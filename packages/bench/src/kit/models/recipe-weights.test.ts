import { describe, expect, test } from 'vitest';
import { checkpointTensors } from './checkpoint-tensors.ts';
import { fillWeight } from './recipe.ts';
import { recipeWeights } from './recipe-weights.ts';
import type { CheckpointTensor } from './tensor-shapes.ts';

const TENSORS: readonly CheckpointTensor[] = [
  { name: 'text_model.embeddings.position_ids', dtype: 'I64', shape: [1, 3] },
  { name: 'text_projection.weight', dtype: 'F32', shape: [150, 151] },
  { name: 'logit_scale', dtype: 'F32', shape: [] },
];

describe('the virtual checkpoint', () => {
  test('holds a header, the positions, and the values of the recipe', async () => {
    const source = recipeWeights(TENSORS);
    const file = new Uint8Array(source.size);
    await source.read(0, file);

    const headerLength = Number(new DataView(file.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headerLength)));
    expect(header).toEqual({
      __metadata__: { format: 'pt' },
      'text_model.embeddings.position_ids': {
        dtype: 'I64',
        shape: [1, 3],
        data_offsets: [0, 24],
      },
      'text_projection.weight': {
        dtype: 'F32',
        shape: [150, 151],
        data_offsets: [24, 24 + 150 * 151 * 4],
      },
      logit_scale: {
        dtype: 'F32',
        shape: [],
        data_offsets: [24 + 150 * 151 * 4, 28 + 150 * 151 * 4],
      },
    });
    const data = file.slice(8 + headerLength);
    expect([...new BigInt64Array(data.buffer, 0, 3)]).toEqual([0n, 1n, 2n]);
    const projection = new Float32Array(150 * 151);
    fillWeight('text_projection.weight', [150, 151], 0, projection);
    expect(new Float32Array(data.buffer, 24, 150 * 151)).toEqual(projection);
    expect(new Float32Array(data.buffer, 24 + 150 * 151 * 4)).toEqual(Float32Array.of(4.6052));
  });

  test('gives the same bytes for any range, also one that begins inside a value', async () => {
    const source = recipeWeights(TENSORS);
    const file = new Uint8Array(source.size);
    await source.read(0, file);
    for (const [offset, length] of [
      [0, 1],
      [5, 400],
      [file.length - 70_001, 70_001],
      [file.length - 5, 3],
      [1001, file.length - 1001],
    ] as const) {
      const part = new Uint8Array(length);
      await source.read(offset, part);
      expect(part, `${length} bytes at ${offset}`).toEqual(file.subarray(offset, offset + length));
    }
  });

  test('refuses to be read past its end', async () => {
    const source = recipeWeights(TENSORS);
    await expect(source.read(source.size - 2, new Uint8Array(3))).rejects.toThrow(RangeError);
  });
});

describe('the tensors of a checkpoint', () => {
  test('of the default config are those of ViT-B/32: 398 and two of positions, 151,277,313 values', () => {
    const tensors = checkpointTensors({});
    const floats = tensors.filter(({ dtype }) => dtype === 'F32');
    const count = floats.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(floats.length).toBe(398);
    expect(tensors.length).toBe(400);
    expect(count).toBe(151_277_313);
  });

  test('leave out the pixels beyond the last whole patch, and follow an old file’s _dict', () => {
    const tensors = checkpointTensors({
      vision_config: { hidden_size: 8, image_size: 60, patch_size: 32 },
      vision_config_dict: { patch_size: 14 },
    });
    const positions = tensors.find(
      ({ name }) => name.endsWith('position_embedding.weight') && name.startsWith('vision'),
    );
    expect(positions?.shape).toEqual([4 * 4 + 1, 8]);
  });
});
