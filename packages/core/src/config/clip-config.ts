/**
 * The GELUs in use: OpenAI's x·σ(1.702x), the exact x·Φ(x) of open_clip's models, and the form with tanh
 * of SigLIP's.
 */
export type Activation = 'quick_gelu' | 'gelu' | 'gelu_tanh';

/** What both towers' transformers have. */
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

export interface VisionConfig extends TransformerConfig {
  /** S, the side of the square input in pixels. */
  readonly imageSize: number;
  readonly patchSize: number;
  readonly channels: 3;
  /** P, the patches of an image. */
  readonly patches: number;
}

export interface TextConfig extends TransformerConfig {
  readonly vocabularySize: number;
  /** The most tokens of a text, start and end tokens included. */
  readonly contextLength: number;
  /**
   * Where the text's embedding is taken: at the first token with this id, or at the highest id.
   * OpenAI's published configs say `eos_token_id: 2` by mistake; their models mean the highest.
   */
  readonly endToken: number | 'highest';
}

/** A CLIP model's hyperparameters, checked. Sizes that follow from others are already computed. */
export interface ClipConfig {
  readonly vision: VisionConfig;
  readonly text: TextConfig;
  /** E, the width of the embeddings that both towers give. */
  readonly embeddingWidth: number;
}
