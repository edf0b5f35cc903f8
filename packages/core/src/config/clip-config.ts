/**
 * The GELUs in use: OpenAI's x·σ(1.702x), the exact x·Φ(x) of open_clip's models, and the form with tanh
 * of SigLIP's.
 */
export type Activation = 'quick_gelu' | 'gelu' | 'gelu_tanh';

/** What all towers' transformers have. */
export interface TransformerConfig {
  /** D, the width of the residual stream. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly mlpWidth: number;
  readonly activation: Activation;
  /** Added to the variance, inside the square root, by every layer norm. */
  readonly epsilon: number;
}

/** What all image towers have. */
interface ImageTowerConfig {
  /** S, the side of the square input in pixels. */
  readonly imageSize: number;
  readonly channels: 3;
}

interface VisionTransformerConfig extends ImageTowerConfig, TransformerConfig {
  readonly patchSize: number;
  /** P, the patches of an image. */
  readonly patches: number;
}

/** A Vision Transformer with a class token and a projection. */
export interface ClipVisionConfig extends VisionTransformerConfig {
  readonly tower: 'clip';
}

/** A Vision Transformer whose tokens are pooled by attention; E is its width. */
export interface SiglipVisionConfig extends VisionTransformerConfig {
  readonly tower: 'siglip';
}

/** OpenAI's ResNet, whose last places are pooled by attention. */
export interface ResNetConfig extends ImageTowerConfig {
  readonly tower: 'resnet';
  /** W, channels that the stem gives. */
  readonly width: number;
  /** Blocks of each of the four stages. */
  readonly blocks: readonly number[];
  /** Of the attention pool. */
  readonly heads: number;
}

/** EfficientNet-Lite0 with a projection. */
export interface EfficientNetLiteConfig extends ImageTowerConfig {
  readonly tower: 'efficientnet-lite';
}

type VisionConfig = ClipVisionConfig | SiglipVisionConfig | ResNetConfig | EfficientNetLiteConfig;

/** What all text towers have. */
interface TextTowerConfig extends TransformerConfig {
  readonly vocabularySize: number;
  /** The most tokens of a text, start and end tokens included. */
  readonly contextLength: number;
}

/** A causal transformer, pooled at the end token. */
export interface ClipTextConfig extends TextTowerConfig {
  readonly tower: 'clip';
  /**
   * Where the text's embedding is taken: at the first token with this id, or at the highest id.
   * OpenAI's published configs say `eos_token_id: 2` by mistake; their models mean the highest.
   */
  readonly endToken: number | 'highest';
}

/** A transformer without a mask over exactly `contextLength` tokens, pooled at the last. */
export interface SiglipTextConfig extends TextTowerConfig {
  readonly tower: 'siglip';
}

export type TextConfig = ClipTextConfig | SiglipTextConfig;

/** A model's hyperparameters, checked. Sizes that follow from others are already computed. */
export interface ClipConfig {
  readonly vision: VisionConfig;
  readonly text: TextConfig;
  /** E, the width of the embeddings that both towers give. */
  readonly embeddingWidth: number;
  /**
   * What it was trained with: a softmax over the texts of a batch, or a sigmoid for each pair, which adds
   * a logit bias.
   */
  readonly loss: 'softmax' | 'sigmoid';
}
