import { ApiError } from '../errors/api-error.ts';
import { createImageFetcher } from '../images/fetch-image.ts';
import { imagesOfCommandLine } from '../images/read-image.ts';
import type { InferenceOptions } from '../inference/inference.ts';
import { OWN_MEGAPIXELS } from '../limits/images.ts';
import { createLoaders, type ModelSession } from '../loaders/loaders.ts';
import { modelSources } from '../models/model-sources.ts';
import { type Flags, loadOptions, parseSettings } from '../settings/settings.ts';
import { strayVariables } from '../settings/stray-variables.ts';
import { downloadProgress } from './download-progress.ts';
import { warn } from './report.ts';

/** Nobody else waits, and one's own files may take their time, on a machine that is busy too. */
const OWN_WORK: InferenceOptions = {
  queueSeconds: Number.POSITIVE_INFINITY,
  heldBytes: Number.POSITIVE_INFINITY,
  decodeTimeout: 300_000,
  isAlone: true,
};

/**
 * Loads the model that the flags name, does the work, and lets go of everything, so that the
 * process can end.
 *
 * @throws ApiError BAD_OPTION, ClipError as `loadClip`, and what the work throws.
 */
export async function withLocalSession(
  flags: Flags,
  work: (session: ModelSession) => Promise<void>,
): Promise<void> {
  const settings = parseSettings(flags, process.env);
  strayVariables(process.env).forEach(warn);
  const { model } = settings;
  const [first, ...others] = modelSources(model, loadOptions(settings, OWN_MEGAPIXELS), {
    onProgress: downloadProgress(),
    inference: OWN_WORK,
  });
  if (others.length > 0) {
    throw new ApiError('BAD_OPTION', `expected one --model, got ${model.join(', ')}`);
  }
  const loaded = await first.load();
  const fetcher = createImageFetcher(settings);
  try {
    const { signal } = new AbortController();
    const readImage = imagesOfCommandLine(fetcher);
    // Images are taken in small groups, so that their number needs no limit.
    const limits = { ...settings, maxImages: Number.POSITIVE_INFINITY };
    const loaders = createLoaders(loaded, readImage, limits, signal);
    await work({ model: loaded, loaders });
  } finally {
    await fetcher.close();
    loaded.dispose();
  }
}
