/** The sizes of a model in OpenAI's layout, from open_clip's `open_clip_config.json` or the arguments of OpenAI's `CLIP`. */
import type { JsonObject } from '../input-file.ts';

interface TransformerSizes {
  readonly width: number;
  readonly layers: number;
  readonly mlpWidth: number;
}

interface VisionTransformerSizes extends TransformerSizes {
  readonly kind: 'transformer';
  readonly patchSize: number;
  readonly imageSize: number;
}

export interface ResNetSizes {
  readonly kind: 'resnet';
  readonly width: number;
  readonly blocks: readonly number[];
  readonly imageSize: number;
}

/** One of timm's SigLIP trunks in open_clip. */
export interface SiglipTrunkSizes extends TransformerSizes {
  readonly kind: 'siglip-trunk';
  readonly patchSize: number;
  readonly imageSize: number;
}

export interface OpenAiSizes {
  readonly embeddingWidth: number;
  readonly vision: VisionTransformerSizes | ResNetSizes | SiglipTrunkSizes;
  /** Whether pairs are scored by a sigmoid, which adds a bias. */
  readonly hasLogitBias: boolean;
  readonly text: TransformerSizes & {
    /** Whether it is SigLIP's, whose projection has a bias. */
    readonly isSiglip: boolean;
    readonly vocabularySize: number;
    readonly contextLength: number;
  };
}

export const isOpenClip = (config: JsonObject): boolean => 'model_cfg' in config;
export const isOpenAi = (config: JsonObject): boolean => 'transformer_width' in config;

/** Whether the image tower is EfficientNet-Lite0 of timm, for which the recipe has no rules. */
export const hasLiteTrunk = ({ model_cfg: model }: JsonObject): boolean =>
  (model as { vision_cfg?: JsonObject } | undefined)?.vision_cfg?.timm_model_name ===
  'tf_efficientnet_lite0';

export const openAiSizes = (config: JsonObject): OpenAiSizes =>
  isOpenClip(config) ? ofOpenClip(config.model_cfg as JsonObject) : ofArguments(config);

function ofOpenClip({ embed_dim: embed, vision_cfg, text_cfg, ...model }: JsonObject): OpenAiSizes {
  const defaults = { image_size: 224, layers: 12, width: 768, mlp_ratio: 4, patch_size: 16 };
  const vision = { ...defaults, ...(vision_cfg as Partial<typeof defaults>) };
  const textDefaults = {
    ...{ context_length: 77, vocab_size: 49408, width: 512, layers: 12, mlp_ratio: 4 },
  };
  const text = { ...textDefaults, ...(text_cfg as Partial<typeof textDefaults>) };
  const trunk = (vision_cfg as JsonObject).timm_model_name;
  return {
    embeddingWidth: Number(embed),
    hasLogitBias: model.init_logit_bias !== undefined,
    vision:
      trunk === undefined
        ? imageTower({
            width: vision.width,
            layers: vision.layers,
            mlpRatio: vision.mlp_ratio,
            patchSize: vision.patch_size,
            imageSize: vision.image_size,
          })
        : siglipTrunk(String(trunk), Number(embed), vision_cfg as JsonObject),
    text: {
      isSiglip: (text_cfg as JsonObject).no_causal_mask === true,
      ...transformer(text.width, text.layers, text.mlp_ratio),
      vocabularySize: text.vocab_size,
      contextLength: text.context_length,
    },
  };
}

function ofArguments(given: JsonObject): OpenAiSizes {
  return {
    embeddingWidth: Number(given.embed_dim),
    hasLogitBias: false,
    vision: imageTower({
      width: Number(given.vision_width),
      layers: given.vision_layers as number | readonly number[],
      mlpRatio: 4,
      patchSize: Number(given.vision_patch_size),
      imageSize: Number(given.image_resolution),
    }),
    text: {
      isSiglip: false,
      ...transformer(Number(given.transformer_width), Number(given.transformer_layers), 4),
      vocabularySize: Number(given.vocab_size),
      contextLength: Number(given.context_length),
    },
  };
}

/** A list of layers makes it a ResNet. */
function imageTower(given: {
  width: number;
  layers: number | readonly number[];
  mlpRatio: number;
  patchSize: number;
  imageSize: number;
}): OpenAiSizes['vision'] {
  const { width, layers, mlpRatio, patchSize, imageSize } = given;
  return typeof layers === 'number'
    ? { kind: 'transformer', ...transformer(width, layers, mlpRatio), patchSize, imageSize }
    : { kind: 'resnet', width, blocks: layers, imageSize };
}

const transformer = (width: number, layers: number, mlpRatio: number): TransformerSizes => ({
  width,
  layers,
  mlpWidth: Math.floor(width * mlpRatio),
});

const TRUNK_LAYERS: Readonly<Record<string, number>> = {
  base: 12,
  large: 24,
  so400m: 27,
  giantopt: 40,
};

/** As timm has it by its name; `layers` and `mlp_ratio` of small cases come first. */
function siglipTrunk(
  name: string,
  width: number,
  { layers, mlp_ratio, image_size }: JsonObject,
): SiglipTrunkSizes {
  const [, size = '', patch] = /^vit_([a-z\d]+)_patch(\d+)_siglip_/.exec(name) ?? [];
  const mlpRatio = mlp_ratio ?? (size === 'so400m' ? 3.7362 : 4);
  return {
    kind: 'siglip-trunk',
    ...transformer(width, Number(layers ?? TRUNK_LAYERS[size]), Number(mlpRatio)),
    patchSize: Number(patch),
    imageSize: Number(image_size),
  };
}
