import type { HeldTowers } from '@clipql/core';
import { ApiError } from '../errors/api-error.ts';
import type { InferenceOptions } from '../inference/inference.ts';
import { OWN_MEGAPIXELS } from '../limits/images.ts';
import type { ModelSource } from '../models/loaded-model.ts';
import { modelSource } from '../models/model-sources.ts';
import { loadOptions, type Settings } from '../settings/settings.ts';
import { downloadProgress } from './download-progress.ts';

/** Nobody else waits, and one's own files may take their time, on a machine that is busy too. */
const OWN_WORK: InferenceOptions = {
  queueSeconds: Number.POSITIVE_INFINITY,
  heldBytes: Number.POSITIVE_INFINITY,
  decodeTimeout: 300_000,
  isAlone: true,
};

/**
 * The one model of a command.
 *
 * @param towers what is in memory of it: a command loads what it uses.
 * @throws ApiError BAD_OPTION for several.
 */
export function localModel(settings: Settings, towers: HeldTowers = 'used'): ModelSource {
  const [model, ...others] = settings.model;
  if (others.length === 0) return ownModel(model, settings, towers);
  throw new ApiError('BAD_OPTION', `expected one --model, got ${settings.model.join(', ')}`);
}

/** A model that nobody else waits for. @param model the embedded one unless given. */
export function ownModel(
  model: string | undefined,
  settings: Settings,
  towers: HeldTowers = 'used',
): ModelSource {
  const load = { ...loadOptions(settings, OWN_MEGAPIXELS), towers };
  return modelSource(model, load, { onProgress: downloadProgress(), inference: OWN_WORK });
}
