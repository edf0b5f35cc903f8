import { expect, test } from 'vitest';
import { parseOpenClipConfig } from './open-clip-json.ts';

const parse = (model_cfg: object) =>
  parseOpenClipConfig(new TextEncoder().encode(JSON.stringify({ model_cfg })), SMALL_TRUNK);

/** Of a trunk of 32 × 32 patches, with width 96, three blocks and an MLP of 200. */
const SMALL_TRUNK = new Map(
  Object.entries({
    'visual.trunk.patch_embed.proj.weight': [96, 3, 32, 32],
    ...Object.fromEntries(
      [0, 1, 2].map((i) => [`visual.trunk.blocks.${i}.attn.qkv.weight`, [288, 96]]),
    ),
    'visual.trunk.blocks.0.mlp.fc1.weight': [200, 96],
  }).map(([name, shape]) => [name, { shape }]),
);
const model = (vision_cfg: object, text_cfg: object = {}, others: object = {}) =>
  parse({ embed_dim: 512, vision_cfg, text_cfg, ...others });

test('fields that are left out have open_clip’s defaults: ViT-B/16 with the exact GELU', () => {
  const transformer = { layers: 12, activation: 'gelu', epsilon: 1e-5 };
  expect(model({})).toEqual({
    embeddingWidth: 512,
    loss: 'softmax',
    vision: {
      tower: 'clip',
      ...transformer,
      width: 768,
      heads: 12,
      mlpWidth: 3072,
      imageSize: 224,
      channels: 3,
      patchSize: 16,
      patches: 196,
    },
    text: {
      tower: 'clip',
      ...transformer,
      width: 512,
      heads: 8,
      mlpWidth: 2048,
      vocabularySize: 49408,
      contextLength: 77,
      endToken: 'highest',
    },
  });
});

test('heads follow from their width, MLPs are cut to whole units, quick_gelu is of both towers', () => {
  const { vision, text } = model(
    { width: 128, head_width: 32, mlp_ratio: 4.9231, norm_kwargs: { eps: 1e-6 } },
    { width: 64, heads: 2, mlp_ratio: 3.7 },
    { quick_gelu: true },
  );
  const activation = 'quick_gelu';
  expect(vision).toMatchObject({ heads: 4, mlpWidth: 630, epsilon: 1e-6, activation });
  expect(text).toMatchObject({ heads: 2, mlpWidth: 236, epsilon: 1e-5, activation });
});

test('a list of layers is a ResNet, timm’s tf_efficientnet_lite0 a tower of its own', () => {
  expect(model({ layers: [3, 4, 6, 3], width: 64, patch_size: null }).vision).toEqual({
    tower: 'resnet',
    imageSize: 224,
    channels: 3,
    width: 64,
    blocks: [3, 4, 6, 3],
    heads: 32,
  });
  const timm = { timm_model_name: 'tf_efficientnet_lite0', timm_proj_bias: true, timm_pool: 'avg' };
  const expected = { tower: 'efficientnet-lite', imageSize: 240, channels: 3 };
  expect(model({ ...timm, image_size: [240, 240] }).vision).toEqual(expected);
});

const SIGLIP_TRUNK = { image_size: 96, timm_pool: 'map', timm_proj: 'none' };
const SIGLIP_TEXT = { no_causal_mask: true, pool_type: 'last', proj_bias: true };

test.each([
  ['vit_base_patch32_siglip_256', 12, 'gelu_tanh'],
  ['vit_base_patch16_siglip_224', 12, 'gelu'],
  ['vit_large_patch16_siglip_384', 16, 'gelu'],
  ['vit_large_patch16_siglip_512', 16, 'gelu_tanh'],
  ['vit_so400m_patch14_siglip_384', 16, 'gelu'],
  ['vit_so400m_patch16_siglip_256', 16, 'gelu_tanh'],
  ['vit_giantopt_patch16_siglip_384', 16, 'gelu_tanh'],
])(
  '%s has %i heads and %s as in timm, and its sizes from its tensors',
  (name, heads, activation) => {
    const { vision, loss } = model({ ...SIGLIP_TRUNK, timm_model_name: name }, SIGLIP_TEXT, {
      ...{ embed_dim: 96, init_logit_bias: -10, custom_text: true },
    });
    expect(loss).toBe('sigmoid');
    expect(vision).toEqual({
      ...{ tower: 'siglip', heads, activation, width: 96, layers: 3, mlpWidth: 200, epsilon: 1e-6 },
      ...{ imageSize: 96, channels: 3, patchSize: 32, patches: 9 },
    });
  },
);

test('a text tower without a mask is SigLIP’s, its GELU the exact one unless act_kwargs say tanh', () => {
  const norm_kwargs = { eps: 1e-6 };
  const expected = { tower: 'siglip', layers: 12, epsilon: 1e-6, contextLength: 64 };
  const text = { ...SIGLIP_TEXT, norm_kwargs, context_length: 64 };
  expect(model({}, text).text).toMatchObject({ ...expected, activation: 'gelu' });
  expect(model({}, { ...text, act_kwargs: { approximate: 'tanh' } }).text).toMatchObject({
    ...expected,
    activation: 'gelu_tanh',
  });
});

test('fields that say what is done anyway are accepted', () => {
  const vision = { pool_type: 'tok', no_ln_pre: false, ls_init_value: null, act_kwargs: {} };
  const text = { pool_type: 'argmax', embed_cls: false, hf_tokenizer_name: 'x', pad_id: 1 };
  expect(() => model(vision, text, { custom_text: true })).not.toThrow();
});

test.each<[object, object, object, string]>([
  [{ ls_init_value: 0.1 }, {}, {}, 'vision_cfg.ls_init_value: expected no such field, got 0.1'],
  [{ attentional_pool: true }, {}, {}, 'vision_cfg.attentional_pool'],
  [{ pos_embed_type: 'sin_cos_2d' }, {}, {}, 'pos_embed_type: expected "learnable"'],
  [{ no_ln_pre: true }, {}, {}, 'vision_cfg.no_ln_pre'],
  [{ final_ln_after_pool: true }, {}, {}, 'vision_cfg.final_ln_after_pool'],
  [{ pool_type: 'avg' }, {}, {}, 'vision_cfg.pool_type: expected "tok", got "avg"'],
  [{ act_kwargs: { approximate: 'fast' } }, {}, {}, 'vision_cfg.act_kwargs'],
  [{ act_kwargs: { approximate: 'tanh' } }, {}, { quick_gelu: true }, 'vision_cfg.act_kwargs'],
  [{ norm_kwargs: { bias: false } }, {}, {}, 'vision_cfg.norm_kwargs'],
  [{ block_type: 'custom' }, {}, {}, 'vision_cfg.block_type'],
  [{ qk_norm: true }, {}, {}, 'vision_cfg.qk_norm'],
  [{ scale_fc: true }, {}, {}, 'vision_cfg.scale_fc'],
  [{ head_width: 60 }, {}, {}, 'vision_cfg.head_width: expected a divisor of 768, got 60'],
  [{ image_size: [224, 336] }, {}, {}, 'vision_cfg.image_size'],
  [{ layers: [1, 2, 3] }, {}, {}, 'vision_cfg.layers'],
  [
    { timm_model_name: 'vit_base_patch16_siglip_gap_224' },
    {},
    {},
    'timm_model_name: expected tf_efficientnet_lite0, or vit_…_siglip_… of base_patch32, ',
  ],
  [
    { ...SIGLIP_TRUNK, timm_model_name: 'vit_base_patch16_siglip_224' },
    {},
    {},
    'embed_dim: expected the width 96',
  ],
  [
    { ...SIGLIP_TRUNK, timm_model_name: 'vit_base_patch16_siglip_224', timm_proj: 'linear' },
    {},
    {},
    'timm_proj: expected "none", got "linear"',
  ],
  [
    { timm_model_name: 'tf_efficientnet_lite0', timm_proj_bias: true, timm_pool: 'map' },
    {},
    {},
    'timm_pool: expected "avg", got "map"',
  ],
  [{ timm_model_name: 'tf_efficientnet_lite0' }, {}, {}, 'timm_proj_bias: expected true'],
  [{}, { embed_cls: true }, {}, 'text_cfg.embed_cls'],
  [{}, { no_causal_mask: true }, {}, 'text_cfg.pool_type: expected "last", got nothing'],
  [{}, { ...SIGLIP_TEXT, proj_bias: false }, {}, 'text_cfg.proj_bias: expected true, got false'],
  [{}, { pool_type: 'last' }, {}, 'text_cfg.pool_type: expected "argmax", got "last"'],
  [{}, { proj_type: 'none' }, {}, 'text_cfg.proj_type'],
  [{}, { proj_bias: true }, {}, 'text_cfg.proj_bias'],
  [{}, { hf_model_name: 'xlm-roberta-base' }, {}, 'text_cfg.hf_model_name'],
  [{}, { heads: 7 }, {}, 'text_cfg.heads: expected a divisor of width 512, got 7'],
  [{}, {}, { multimodal_cfg: { width: 512 } }, 'model_cfg.multimodal_cfg'],
])('vision %j, text %j, model %j is refused by name', (vision, text, others, message) => {
  expect(() => model(vision, text, others)).toThrow(message);
});
