import { expect, test } from 'vitest';
import { loadClip } from './load-clip.ts';
import { modelFromBytes } from './model-files.ts';
import { safetensorsFile } from './testing/safetensors-file.ts';

const json = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** A file with these tensors, a number each. */
const weights = (...names: readonly string[]): Uint8Array =>
  safetensorsFile(
    JSON.stringify(
      Object.fromEntries(
        names.map((name, i) => [
          name,
          { dtype: 'F32', shape: [1], data_offsets: [4 * i, 4 * i + 4] },
        ]),
      ),
    ),
    new Uint8Array(4 * names.length),
  );

const load = (files: Record<string, Uint8Array>) => loadClip(modelFromBytes('m', files));

test('a checkpoint that is none of the layouts is refused with names of its tensors', async () => {
  const files = { 'config.json': json({}), 'model.safetensors': weights('encoder.weight', 'bias') };
  await expect(load(files)).rejects.toMatchObject({
    code: 'WEIGHTS_MISMATCH',
    message: expect.stringMatching(/vision_model.* visual.* got encoder\.weight, bias, …/),
  });
});

test('tensors of open_clip beside a config of another library are not taken for OpenAI’s', async () => {
  const files = { 'config.json': json({}), 'pytorch_model.bin': weights('visual.proj') };
  await expect(load(files)).rejects.toThrow('got no open_clip_config.json');
});

test('OpenAI’s own checkpoint needs no config: what its tensors lack is named', async () => {
  const files = { 'model.safetensors': weights('visual.proj') };
  await expect(load(files)).rejects.toThrow('expected tensor visual.conv1.weight');
});

test.each([
  [{}, 'openai/clip-vit-base-patch32'],
  [{ hf_tokenizer_name: 'org/other' }, 'org/other'],
])(
  'open_clip’s folder without a tokenizer, text_cfg %j: whose it needs is said',
  async (text_cfg, name) => {
    const config = { model_cfg: { embed_dim: 8, vision_cfg: {}, text_cfg } };
    const files = {
      'open_clip_config.json': json(config),
      'open_clip_model.safetensors': weights('visual.proj'),
    };
    await expect(load(files)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: `model m: expected tokenizer.json, or vocab.json with merges.txt, got none: put that of ${name} beside the weights`,
    });
  },
);

test('a folder without weights is told what is missing', async () => {
  await expect(load({})).rejects.toThrow('got no config.json');
  await expect(load({ 'config.json': json({}) })).rejects.toThrow('got no model.safetensors');
});
