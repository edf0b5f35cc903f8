import { describe, expect, test } from 'vitest';
import { parseConfig } from './config-json.ts';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const config = (value: unknown) => parseConfig(bytes(value));

test('fields that are left out have the defaults of CLIPConfig: ViT-B/32', () => {
  expect(config({})).toEqual({
    embeddingWidth: 512,
    loss: 'softmax',
    vision: {
      tower: 'clip',
      imageSize: 224,
      patchSize: 32,
      channels: 3,
      patches: 49,
      width: 768,
      layers: 12,
      heads: 12,
      mlpWidth: 3072,
      activation: 'quick_gelu',
      epsilon: 1e-5,
    },
    text: {
      tower: 'clip',
      vocabularySize: 49408,
      contextLength: 77,
      endToken: 49407,
      width: 512,
      layers: 12,
      heads: 8,
      mlpWidth: 2048,
      activation: 'quick_gelu',
      epsilon: 1e-5,
    },
  });
});

test('fields that are left out have the defaults of SiglipConfig: B/16 at 224 pixels', () => {
  const transformer = {
    tower: 'siglip',
    width: 768,
    layers: 12,
    heads: 12,
    mlpWidth: 3072,
    activation: 'gelu_tanh',
    epsilon: 1e-6,
  };
  expect(config({ model_type: 'siglip' })).toEqual({
    embeddingWidth: 768,
    loss: 'sigmoid',
    vision: { ...transformer, imageSize: 224, patchSize: 16, channels: 3, patches: 196 },
    text: { ...transformer, vocabularySize: 32_000, contextLength: 64 },
  });
});

test('eos_token_id 2, the error of the published files, means the highest token id', () => {
  const endToken = (id: number) => config({ text_config: { eos_token_id: id } }).text;
  expect(endToken(2)).toMatchObject({ endToken: 'highest' });
  expect(endToken(49407)).toMatchObject({ endToken: 49407 });
});

test('text_config_dict and vision_config_dict of old files win, null ones are passed over', () => {
  const { text, vision } = config({
    text_config: { hidden_size: 512 },
    text_config_dict: { hidden_size: 768, num_attention_heads: 12 },
    vision_config: { patch_size: 16 },
    vision_config_dict: null,
  });
  expect([text.width, text.heads]).toEqual([768, 12]);
  expect(vision).toMatchObject({ patchSize: 16 });
});

describe('a config that cannot be used is refused with the field, what was expected and what came:', () => {
  test.each<[unknown, string]>([
    [[], 'config.json: expected a JSON object'],
    [{ model_type: 'llama' }, 'model_type: expected "clip" or "siglip", got "llama"'],
    [
      { model_type: 'siglip2' },
      '(NaFlex models, which take images of any shape, are not supported)',
    ],
    [
      { model_type: 'siglip', vision_config: { vision_use_head: false } },
      'expected true, got false',
    ],
    [
      { model_type: 'siglip', text_config: { projection_size: 5 } },
      "projection_size: expected the image tower's hidden_size 768, got 5",
    ],
    [{ projection_dim: -1 }, 'config.json: projection_dim: expected a whole number'],
    [{ vision_config: 3 }, 'config.json: vision_config: expected an object'],
    [{ vision_config: { num_channels: 1 } }, 'vision_config.num_channels: expected 3, got 1'],
    [
      { vision_config: { patch_size: 300 } },
      'vision_config.patch_size: expected at most 224, got 300',
    ],
    [
      { vision_config: { hidden_act: 'relu' } },
      'expected "quick_gelu" or "gelu" or "gelu_pytorch_tanh", got "relu"',
    ],
    [{ text_config: { num_attention_heads: 7 } }, 'expected a divisor of hidden_size 512, got 7'],
    [{ text_config: { layer_norm_eps: 0 } }, 'layer_norm_eps: expected a number above 0, got 0'],
    [{ text_config: { eos_token_id: 99999 } }, 'expected a token id below 49408, got 99999'],
    [{ text_config: { vocab_size: '49408' } }, 'got "49408"'],
  ])('%j', (value, message) => {
    expect(() => config(value)).toThrow(
      expect.objectContaining({
        code: 'MODEL_CONFIG_INVALID',
        message: expect.stringContaining(message),
      }),
    );
  });

  test('bytes that are no JSON', () => {
    expect(() => parseConfig(new TextEncoder().encode('{'))).toThrow(
      'config.json is not valid JSON',
    );
  });
});
