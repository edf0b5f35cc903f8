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
  /** The architecture of its image tower. */
  readonly imageTower: ClipConfig['vision']['tower'];
  /** How many sums x + f(x) the image tower has: `Clip.imageGradient` can do without any f. */
  readonly residualBranches: number;
  readonly backend: BackendInfo;
}
