import type { ClipConfig } from './config/clip-config.ts';
import { parseConfig } from './config/config-json.ts';
import { parseOpenClipConfig } from './config/open-clip-json.ts';
import { openClipTextOptions } from './config/open-clip-tokenizer.ts';
import { openAiConfig } from './config/openai-shapes.ts';
import type { TextOptions } from './config/text-options.ts';
import { ClipError } from './errors.ts';
import type { Parameter } from './graph/graph.ts';
import {
  CONFIG_FILE,
  type ModelFiles,
  missingFile,
  OPEN_CLIP_CONFIG_FILE,
  requireFile,
} from './model-files.ts';
import type { Checkpoint } from './weights/checkpoint.ts';
import { CLIP_MODEL } from './weights/layouts/clip-model.ts';
import type { Layout } from './weights/layouts/layout.ts';
import { openAiLayout } from './weights/layouts/openai.ts';
import { SIGLIP_MODEL } from './weights/layouts/siglip-model.ts';

/** A model's config, how its checkpoint is laid out, and what that has besides the towers. */
export interface ModelLayout {
  readonly config: ClipConfig;
  readonly layout: Layout;
  readonly scales: readonly Parameter[];
  readonly textOptions: TextOptions;
  /** Whether it is OpenAI's own, which comes without config files. */
  readonly isOpenAi: boolean;
}

/**
 * Finds out what a checkpoint is, by its tensors' names: transformers' `CLIPModel` or `SiglipModel`, described by
 * `config.json`; open_clip's, by `open_clip_config.json`; or OpenAI's own, whose sizes follow from the tensors.
 *
 * @throws ClipError WEIGHTS_MISMATCH for a checkpoint that is none of them, MODEL_NOT_FOUND where it lacks its
 *   config, MODEL_CONFIG_INVALID for a config that cannot be used.
 */
export async function readModelLayout(
  files: ModelFiles,
  { tensors, isTraining }: Checkpoint,
): Promise<ModelLayout> {
  const has = (prefix: string) => [...tensors.keys()].some((name) => name.startsWith(prefix));
  if (has('vision_model.') || has('text_model.')) {
    const config = parseConfig(await requireFile(files, CONFIG_FILE));
    return { config, ...TRANSFORMERS[config.loss], textOptions: {}, isOpenAi: false };
  }
  if (has('visual.')) {
    const json = await files.read(OPEN_CLIP_CONFIG_FILE);
    // With another config beside it, it is no bare state dict of OpenAI's: what it is was said elsewhere.
    const isBare = json === undefined && (await files.read(CONFIG_FILE)) === undefined;
    if (json === undefined && !isBare) throw missingFile(files, OPEN_CLIP_CONFIG_FILE);
    if (json === undefined && isTraining) throw untoldModel(files);
    const config = json === undefined ? openAiConfig(tensors) : parseOpenClipConfig(json, tensors);
    const layout = openAiLayout(config.vision.tower, has('text.') ? 'text.' : '');
    const scales = SCALES[config.loss].map((name) => scale(name, []));
    const textOptions = json === undefined ? {} : openClipTextOptions(json);
    return { config, layout, scales, textOptions, isOpenAi: json === undefined };
  }
  const found = [...tensors.keys()].slice(0, 3).map((name) => name.slice(0, 100));
  throw new ClipError(
    'WEIGHTS_MISMATCH',
    'expected the tensors vision_model.… of transformers, or visual.… of open_clip and OpenAI, got ' +
      (found.length === 0 ? 'none' : `${found.join(', ')}, …`),
  );
}

/** The same tensors give other embeddings with another activation or crop, and the file says neither. */
const untoldModel = ({ name }: ModelFiles): ClipError =>
  new ClipError(
    'MODEL_NOT_FOUND',
    `model ${name}: expected ${OPEN_CLIP_CONFIG_FILE} beside a checkpoint of open_clip's training, which does not say of ` +
      'what model it is, got none: write one, with the file of the model from open_clip/model_configs as "model_cfg", and ' +
      '"preprocess_cfg": {"mean": […], "std": […]}',
  );

const scale = (name: string, shape: readonly number[]): Parameter => ({
  kind: 'parameter',
  name,
  shape,
});

const SCALES = { softmax: ['logitScale'], sigmoid: ['logitScale', 'logitBias'] } as const;

const TRANSFORMERS = {
  softmax: { layout: CLIP_MODEL, scales: SCALES.softmax.map((name) => scale(name, [])) },
  sigmoid: { layout: SIGLIP_MODEL, scales: SCALES.sigmoid.map((name) => scale(name, [1])) },
} as const;
