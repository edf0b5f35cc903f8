/** The configs of the zoo's models as they are published, and as small ones of the same shape. */
import type { JsonObject } from '../../packages/bench/src/kit/input-file.ts';

/** What a config describes; full size, unless made small. */
interface Sizes {
  readonly image: number;
  readonly patch: number;
  readonly vision: readonly [width: number, layers: number, heads: number];
  readonly text: readonly [width: number, layers: number, heads: number];
  readonly embedding: number;
  readonly vocabulary: number;
}

/** A model's config file, by the sizes it has; OpenAI's own have none, and these are the arguments of its `CLIP`. */
export interface PublishedConfig {
  readonly family: 'clip' | 'open_clip' | 'openai' | 'siglip' | 'open_clip_siglip';
  /** @param small whether it has a layer a tower, and two heads. @param vocabulary that it has then. */
  json(small: boolean, vocabulary: number): JsonObject;
}

const B32 = { image: 224, patch: 32, vision: [768, 12, 12], text: [512, 12, 8] } as const;
const L14 = { image: 224, patch: 14, vision: [1024, 24, 16], text: [768, 12, 12] } as const;
const H14 = { image: 224, patch: 14, vision: [1280, 32, 16], text: [1024, 24, 16] } as const;
const VOCABULARY = 49408;

const openClip = (sizes: Omit<Sizes, 'vocabulary'>): PublishedConfig => ({
  family: 'open_clip',
  json: (small, vocabulary) =>
    openClipJson(small ? { ...shrunk(sizes), vocabulary } : { ...sizes, vocabulary: VOCABULARY }),
});
const clip = (sizes: Omit<Sizes, 'vocabulary'>): PublishedConfig => ({
  family: 'clip',
  json: (small, vocabulary) =>
    clipJson(small ? { ...shrunk(sizes), vocabulary } : { ...sizes, vocabulary: VOCABULARY }),
});
const openAiResNet = (
  image: number,
  width: number,
  layers: readonly number[],
  text: number,
): PublishedConfig => ({
  family: 'openai',
  json: (small, vocabulary) => {
    const textWidth = small ? 128 : text;
    return {
      ...{ embed_dim: text, image_resolution: image, context_length: 77 },
      ...{ vision_layers: small ? [1, 1, 1, 1] : layers, vision_width: small ? 16 : width },
      ...{ vision_patch_size: null, vocab_size: small ? vocabulary : VOCABULARY },
      ...{ transformer_width: textWidth, transformer_heads: textWidth / 64 },
      transformer_layers: small ? 1 : 12,
    };
  },
});
const siglip = (image: number, patch: number, words: number): PublishedConfig => ({
  family: 'siglip',
  json: (small, vocabulary) => siglipJson(image, patch, small ? { vocabulary } : { words }),
});

const openClipSiglip = (name: string, image: number, patch: number): PublishedConfig => ({
  family: 'open_clip_siglip',
  json: (small, vocabulary) =>
    openClipSiglipJson(name, image, patch, small ? vocabulary : undefined),
});

export const PUBLISHED: Readonly<Record<string, PublishedConfig>> = {
  'laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K': openClip({
    ...B32,
    image: 256,
    embedding: 512,
  }),
  'laion/CLIP-ViT-B-16-DataComp.XL-s13B-b90K': openClip({ ...B32, patch: 16, embedding: 512 }),
  'laion/CLIP-ViT-L-14-DataComp.XL-s13B-b90K': openClip({ ...L14, embedding: 768 }),
  'laion/CLIP-ViT-H-14-laion2B-s32B-b79K': openClip({ ...H14, embedding: 1024 }),
  'laion/CLIP-ViT-B-32-laion2B-s34B-b79K': openClip({ ...B32, embedding: 512 }),
  'laion/CLIP-ViT-L-14-laion2B-s32B-b82K': openClip({ ...L14, embedding: 768 }),
  'timm/resnet50_clip.openai': { family: 'open_clip', json: resNet50Json },
  'openai/RN101': openAiResNet(224, 64, [3, 4, 23, 3], 512),
  'openai/RN50x4': openAiResNet(288, 80, [4, 6, 10, 6], 640),
  'facebook/metaclip-b32-400m': clip({ ...B32, embedding: 512 }),
  'timm/ViT-B-16-SigLIP2': openClipSiglip('timm/ViT-B-16-SigLIP2', 224, 16),
  'google/siglip2-base-patch32-256': siglip(256, 32, 256_000),
  'google/siglip2-base-patch16-224': siglip(224, 16, 256_000),
  'google/siglip2-base-patch16-256': siglip(256, 16, 256_000),
  'google/siglip-base-patch16-224': siglip(224, 16, 32_000),
  'openai/clip-vit-base-patch32': clip({ ...B32, embedding: 512 }),
  'openai/clip-vit-base-patch16': clip({ ...B32, patch: 16, embedding: 512 }),
  'openai/clip-vit-large-patch14': clip({ ...L14, embedding: 768 }),
  'openai/clip-vit-large-patch14-336': clip({ ...L14, image: 336, embedding: 768 }),
  'wkcn/TinyCLIP-ViT-8M-16-Text-3M-YFCC15M': clip({
    image: 224,
    patch: 16,
    vision: [256, 10, 4],
    text: [256, 3, 4],
    embedding: 512,
  }),
  'wkcn/TinyCLIP-ViT-40M-32-Text-19M-LAION400M': clip({
    image: 224,
    patch: 32,
    vision: [512, 12, 8],
    text: [512, 6, 8],
    embedding: 512,
  }),
  'wkcn/TinyCLIP-ViT-39M-16-Text-19M-YFCC15M': clip({
    image: 224,
    patch: 16,
    vision: [512, 12, 8],
    text: [512, 6, 8],
    embedding: 512,
  }),
};

/** One layer a tower, and two heads as wide as before: patches, image and embedding stay. */
function shrunk(sizes: Omit<Sizes, 'vocabulary'>): Omit<Sizes, 'vocabulary'> {
  const tower = ([width, , heads]: Sizes['vision']) => [(2 * width) / heads, 1, 2] as const;
  return { ...sizes, vision: tower(sizes.vision), text: tower(sizes.text) };
}

export const OPENAI_MEAN = [0.48145466, 0.4578275, 0.40821073];
export const OPENAI_STD = [0.26862954, 0.26130258, 0.27577711];

/** As open_clip's `push_to_hf_hub` writes it. */
function openClipJson({ image, patch, vision, text, embedding, vocabulary }: Sizes): JsonObject {
  const [width, layers, heads] = vision;
  const headWidth = width / heads;
  return {
    model_cfg: {
      embed_dim: embedding,
      vision_cfg: {
        ...{ image_size: image, layers, width },
        ...(headWidth !== 64 && { head_width: headWidth }),
        patch_size: patch,
      },
      text_cfg: {
        ...{ context_length: 77, vocab_size: vocabulary },
        ...{ width: text[0], heads: text[2], layers: text[1] },
      },
    },
    preprocess_cfg: { mean: OPENAI_MEAN, std: OPENAI_STD },
  };
}

function resNet50Json(small: boolean, vocabulary: number): JsonObject {
  const vision = small ? { layers: [1, 1, 1, 1], width: 16 } : { layers: [3, 4, 6, 3], width: 64 };
  const text = small
    ? { vocab_size: vocabulary, width: 128, heads: 2, layers: 1 }
    : { vocab_size: VOCABULARY, width: 512, heads: 8, layers: 12 };
  return {
    model_cfg: {
      embed_dim: 1024,
      quick_gelu: true,
      vision_cfg: { image_size: 224, ...vision, patch_size: null },
      text_cfg: { context_length: 77, ...text },
    },
    preprocess_cfg: {
      ...{ mean: OPENAI_MEAN, std: OPENAI_STD },
      ...{ interpolation: 'bicubic', resize_mode: 'shortest' },
    },
  };
}

/** As transformers 4 writes a `CLIPModel`; its end token's id is the mistake of OpenAI's own. */
function clipJson(sizes: Sizes): JsonObject {
  const { image, patch, vision, text, embedding, vocabulary } = sizes;
  const tower = ([width, layers, heads]: Sizes['vision']) => ({
    ...{ attention_dropout: 0, dropout: 0, hidden_act: 'quick_gelu', hidden_size: width },
    ...{ initializer_factor: 1, initializer_range: 0.02, intermediate_size: 4 * width },
    ...{ layer_norm_eps: 1e-5, num_attention_heads: heads, num_hidden_layers: layers },
    projection_dim: embedding,
  });
  return {
    ...{ architectures: ['CLIPModel'], initializer_factor: 1, logit_scale_init_value: 2.6592 },
    ...{ model_type: 'clip', projection_dim: embedding, torch_dtype: 'float32' },
    text_config: {
      ...tower(text),
      ...{ bos_token_id: 0, eos_token_id: 2, pad_token_id: 1, max_position_embeddings: 77 },
      ...{ model_type: 'clip_text_model', vocab_size: vocabulary },
    },
    text_config_dict: null,
    vision_config: {
      ...tower(vision),
      ...{ image_size: image, patch_size: patch, model_type: 'clip_vision_model' },
    },
    vision_config_dict: null,
  };
}

/** Fields with the library's defaults are left out, as Google's files have it. */
function siglipJson(
  image: number,
  patch: number,
  { vocabulary, words }: { vocabulary?: number; words?: number },
): JsonObject {
  const small = { hidden_size: 128, intermediate_size: 256, num_hidden_layers: 1 };
  const tower = vocabulary === undefined ? {} : { ...small, num_attention_heads: 2 };
  return {
    ...{ architectures: ['SiglipModel'], initializer_factor: 1, model_type: 'siglip' },
    text_config: {
      ...tower,
      ...{ model_type: 'siglip_text_model', vocab_size: vocabulary ?? words },
    },
    vision_config: {
      ...tower,
      ...{ image_size: image, patch_size: patch, model_type: 'siglip_vision_model' },
    },
  };
}

/** Of SigLIP 2 in open_clip. A small one has what only bench reads: a trunk's sizes are not in this file. */
function openClipSiglipJson(
  name: string,
  image: number,
  patch: number,
  vocabulary: number | undefined,
): JsonObject {
  const isSmall = vocabulary !== undefined;
  const half = [0.5, 0.5, 0.5];
  return {
    model_cfg: {
      ...{ embed_dim: isSmall ? 96 : 768, init_logit_bias: -10, custom_text: true },
      vision_cfg: {
        image_size: image,
        timm_model_name: `vit_base_patch${patch}_siglip_${image}`,
        ...{ timm_model_pretrained: false, timm_pool: 'map', timm_proj: 'none' },
        ...(isSmall && { layers: 1 }),
      },
      text_cfg: {
        ...{ context_length: 64, vocab_size: vocabulary ?? 256_000, hf_tokenizer_name: name },
        tokenizer_kwargs: { clean: 'canonicalize' },
        ...(isSmall ? { width: 96, heads: 2, layers: 1 } : { width: 768, heads: 12, layers: 12 }),
        ...{ no_causal_mask: true, proj_bias: true, pool_type: 'last' },
        ...{ norm_kwargs: { eps: 1e-6 }, act_kwargs: { approximate: 'tanh' } },
      },
    },
    preprocess_cfg: { mean: half, std: half, interpolation: 'bicubic', resize_mode: 'squash' },
  };
}
