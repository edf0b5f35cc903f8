import { expect, test } from 'vitest';
import type { Parameter } from '../graph/graph.ts';
import { safetensorsFile } from '../testing/safetensors-file.ts';
import { type ByteSource, bytesInMemory } from './byte-source.ts';
import { openCheckpoint } from './checkpoint.ts';
import { widen } from './float16.ts';
import { CLIP_MODEL } from './layouts/clip-model.ts';
import { openWeights } from './load.ts';

const parameter = (name: string, shape: readonly number[]): Parameter => ({
  kind: 'parameter',
  name,
  shape,
});
const NORM = parameter('vision.postNorm.weight', [3]);

const opened = async (source: ByteSource, used = NORM) =>
  openWeights(await openCheckpoint(source), [used], CLIP_MODEL);

function checkpoint(dtype: string, shape: readonly number[], data: Uint8Array): ByteSource {
  const header = {
    'vision_model.post_layernorm.weight': { dtype, shape, data_offsets: [0, data.length] },
    'vision_model.embeddings.position_ids': {
      dtype: 'I64',
      shape: [1, 2],
      data_offsets: [data.length, data.length + 16],
    },
  };
  const all = new Uint8Array(data.length + 16);
  all.set(data);
  return bytesInMemory(safetensorsFile(JSON.stringify(header), all));
}

test('what Git leaves where Git LFS is not installed is told from damaged weights', async () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 605157884\n';
  await expect(
    openCheckpoint(bytesInMemory(new TextEncoder().encode(pointer))),
  ).rejects.toMatchObject({
    code: 'WEIGHTS_INVALID',
    message: expect.stringContaining('`git lfs pull` fetches the file'),
  });
});

test.each([
  ['F32', new Uint8Array(Float32Array.of(1, -2.5, 0.1).buffer), [1, -2.5, Math.fround(0.1)]],
  ['F16', new Uint8Array(Uint16Array.of(0x3c00, 0xc100, 0x0001).buffer), [1, -2.5, 2 ** -24]],
  ['BF16', new Uint8Array(Uint16Array.of(0x3f80, 0xc020, 0x7f7f).buffer), [1, -2.5, 3.3895314e38]],
])(
  '%s tensors are read as float32, and position_ids are passed over',
  async (dtype, data, values) => {
    const weights = await opened(checkpoint(dtype, [3], data));
    const got = await weights.read(NORM.name);
    expect([...got]).toEqual(values.map(Math.fround));
    const part = new Float32Array(2);
    await weights.readInto(NORM.name, 1, part);
    expect([...part]).toEqual(values.slice(1).map(Math.fround));
    expect(weights.parameterCount).toBe(3);
  },
);

test('reads of 16-bit tensors that overlap do not disturb each other', async () => {
  const data = new Uint8Array(Uint16Array.of(0x3c00, 0xc100, 0x4000).buffer);
  const weights = await opened(checkpoint('F16', [3], data));
  const parts = [0, 1, 2]
    .flatMap((start) => [start, start])
    .map((start) => ({ start, to: new Float32Array(3 - start) }));
  await Promise.all(parts.map(({ start, to }) => weights.readInto(NORM.name, start, to)));
  for (const { start, to } of parts) expect([...to]).toEqual([1, -2.5, 2].slice(start));
});

test.each([
  [
    'shape',
    checkpoint('F32', [1], new Uint8Array(4)),
    'expected tensor vision_model.post_layernorm.weight [3] F32, F16 or BF16, got [1] F32',
  ],
  [
    'rank',
    checkpoint('F32', [3, 1], new Uint8Array(12)),
    'expected tensor vision_model.post_layernorm.weight [3] F32, F16 or BF16, got [3, 1] F32',
  ],
  [
    'dtype',
    checkpoint('I32', [3], new Uint8Array(12)),
    'expected tensor vision_model.post_layernorm.weight [3] F32, F16 or BF16, got [3] I32',
  ],
])(
  'a tensor of another %s is named, with what was expected and what came',
  async (_, source, message) => {
    await expect(opened(source)).rejects.toMatchObject({
      code: 'WEIGHTS_MISMATCH',
      message,
    });
  },
);

test('a tensor that is missing is named', async () => {
  const source = checkpoint('F32', [3], new Uint8Array(12));
  await expect(opened(source, parameter('logitScale', []))).rejects.toMatchObject({
    code: 'WEIGHTS_MISMATCH',
    message: 'expected tensor logit_scale [] F32, F16 or BF16, got none',
  });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  'a weight that is %d is refused',
  async (value) => {
    const data = new Uint8Array(Float32Array.of(1, value, 2).buffer);
    const weights = await opened(checkpoint('F32', [3], data));
    const error = {
      code: 'WEIGHTS_INVALID',
      message: `tensor vision_model.post_layernorm.weight: expected finite values, got ${value} at 1`,
    };
    await expect(weights.read(NORM.name)).rejects.toMatchObject(error);
    await expect(weights.readInto(NORM.name, 1, new Float32Array(1))).rejects.toMatchObject(error);
  },
);

test('every binary16 value widens to the float32 that the engine gives for it', () => {
  const raw = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const view = new DataView(raw.buffer);
  const expected = Float32Array.from(raw, (_, i) => view.getFloat16(2 * i, true));
  const widened = new Float32Array(raw.length);
  widen(raw, 'F16', widened);
  expect(widened).toEqual(expected);
});

test('float32 weights in memory are views, not copies', async () => {
  const values = new Float32Array(3);
  const header = JSON.stringify({
    'vision_model.post_layernorm.weight': { dtype: 'F32', shape: [3], data_offsets: [0, 12] },
  });
  const aligned = header.padEnd(Math.ceil(header.length / 8) * 8);
  const file = safetensorsFile(aligned, new Uint8Array(values.buffer));
  const weights = await opened(bytesInMemory(file));
  expect((await weights.read(NORM.name)).buffer).toBe(file.buffer);
});

test.each([
  ['vision.preNorm.bias', 'vision_model.pre_layrnorm.bias'],
  [
    'vision.blocks.11.attention.query.weight',
    'vision_model.encoder.layers.11.self_attn.q_proj.weight',
  ],
  ['text.blocks.0.mlp.contract.bias', 'text_model.encoder.layers.0.mlp.fc2.bias'],
  ['text.finalNorm.weight', 'text_model.final_layer_norm.weight'],
  ['text.projection', 'text_projection.weight'],
])('%s is %s in a checkpoint', (ours, theirs) => {
  expect(CLIP_MODEL.place(ours).tensor).toBe(theirs);
});
