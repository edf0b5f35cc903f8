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

export interface OpenAiSizes {
  readonly embeddingWidth: number;
  readonly vision: VisionTransformerSizes | ResNetSizes;
  readonly text: TransformerSizes & {
    readonly vocabularySize: number;
    readonly contextLength: number;
  };
}

export const isOpenClip = (config: JsonObject): boolean => 'model_cfg' in config;
export const isOpenAi = (config: JsonObject): boolean => 'transformer_width' in config;

/** Whether the image tower is one of timm's, of which the recipe knows none. */
export const hasTimmTrunk = ({ model_cfg: model }: JsonObject): boolean =>
  'timm_model_name' in ((model as { vision_cfg?: object } | undefined)?.vision_cfg ?? {});

export const openAiSizes = (config: JsonObject): OpenAiSizes =>
  isOpenClip(config) ? ofOpenClip(config.model_cfg as JsonObject) : ofArguments(config);

function ofOpenClip({ embed_dim: embed, vision_cfg, text_cfg }: JsonObject): OpenAiSizes {
  const defaults = { image_size: 224, layers: 12, width: 768, mlp_ratio: 4, patch_size: 16 };
  const vision = { ...defaults, ...(vision_cfg as Partial<typeof defaults>) };
  const textDefaults = {
    ...{ context_length: 77, vocab_size: 49408, width: 512, layers: 12, mlp_ratio: 4 },
  };
  const text = { ...textDefaults, ...(text_cfg as Partial<typeof textDefaults>) };
  return {
    embeddingWidth: Number(embed),
    vision: imageTower({
      width: vision.width,
      layers: vision.layers,
      mlpRatio: vision.mlp_ratio,
      patchSize: vision.patch_size,
      imageSize: vision.image_size,
    }),
    text: {
      ...transformer(text.width, text.layers, text.mlp_ratio),
      vocabularySize: text.vocab_size,
      contextLength: text.context_length,
    },
  };
}

function ofArguments(given: JsonObject): OpenAiSizes {
  return {
    embeddingWidth: Number(given.embed_dim),
    vision: imageTower({
      width: Number(given.vision_width),
      layers: given.vision_layers as number | readonly number[],
      mlpRatio: 4,
      patchSize: Number(given.vision_patch_size),
      imageSize: Number(given.image_resolution),
    }),
    text: {
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
