import type { BackendInfo } from './backends/backend.ts';
import type { ClassifyMode } from './classify.ts';
import type { ClipConfig } from './config/clip-config.ts';

/** What was loaded, and what runs it. */
export interface ClipInfo {
  readonly name: string;
  /** Parameters of both towers and the logit scale. */
  readonly parameters: number;
  /** E, the length of an embedding. */
  readonly embeddingWidth: number;
  /** S, the side of the square that an image is brought to, in pixels. */
  readonly imageSize: number;
  /** The most tokens of a text, start and end tokens included. */
  readonly contextLength: number;
  /** What a cosine is multiplied by to give a logit: exp of the checkpoint's `logit_scale`. */
  readonly logitScale: number;
  /** What is then added: the checkpoint's `logit_bias`, 0 where it has none. */
  readonly logitBias: number;
  /** How `classify` makes probabilities unless told: `sigmoid` for models trained with one. */
  readonly classifyMode: ClassifyMode;
  /** Of the image tower: `clip` is CLIP's Vision Transformer. */
  readonly imageArchitecture: ClipConfig['vision']['tower'];
  /** Residual branches of the image tower, the f of each x + f(x). `Clip.imageGradient` can drop them. */
  readonly residualBranches: number;
  readonly backend: BackendInfo;
}
