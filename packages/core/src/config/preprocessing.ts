import type { PreprocessConfig } from '../image/preprocess.ts';
import { parseOpenClipPreprocess } from './open-clip-preprocess.ts';
import { parsePreprocessConfig, parseProcessorConfig } from './processor.ts';

/** How each file that may state the preprocessing is read; the first that does is taken. */
const SOURCES = [
  ['processor_config.json', parseProcessorConfig],
  ['preprocessor_config.json', parsePreprocessConfig],
  ['open_clip_config.json', parseOpenClipPreprocess],
] as const;

/**
 * How a model's pictures are preprocessed: as `processor_config.json` says (transformers 5), or
 * `preprocessor_config.json` (transformers 4), or `open_clip_config.json`.
 *
 * @param read - gives a file of the model, or undefined where it has none of that name
 * @param imageSize - S, the side of the model's input in pixels
 * @returns undefined where the model has none of these files
 * @throws ClipError MODEL_CONFIG_INVALID as the files' readers do
 */
export async function readPreprocessing(
  read: (file: string) => Promise<Uint8Array | undefined>,
  imageSize: number,
): Promise<PreprocessConfig | undefined> {
  for (const [file, parse] of SOURCES) {
    const bytes = await read(file);
    const config = bytes && parse(bytes, imageSize);
    if (config !== undefined) return config;
  }
  return undefined;
}

/** OpenAI's transform, for checkpoints of theirs, which come without a file that states it. */
export const openAiPreprocessing = (imageSize: number): PreprocessConfig =>
  parseOpenClipPreprocess(new TextEncoder().encode('{}'), imageSize);
