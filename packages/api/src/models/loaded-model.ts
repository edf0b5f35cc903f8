import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clip, type LoadOptions, loadClip } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import { createInference, type Inference, type InferenceOptions } from '../inference/inference.ts';
import type { ModelSource } from './registry.ts';

/** A model that is ready to run. */
export interface LoadedModel {
  readonly clip: Clip;
  /** The way to its forward passes, for all requests. */
  readonly inference: Inference;
  /** Where its files are. */
  readonly folder: string;
  /** Whether it is the small one that comes with ClipQL. */
  readonly embedded: boolean;
}

const EMBEDDED_MODEL = fileURLToPath(new URL('../../../../models/nano', import.meta.url));

/**
 * Where to load a model from: a folder, or the embedded one.
 *
 * @returns a source whose `load` throws ClipError as `loadClip` does.
 */
export function modelSource(
  folder: string | undefined,
  options: LoadOptions = {},
  inferenceOptions: InferenceOptions = {},
): ModelSource {
  const path = folder ?? EMBEDDED_MODEL;
  return {
    name: basename(resolve(path)),
    load: async () => {
      const clip = await loadClip(await modelFromFolder(path), options);
      const { maxPixels } = options;
      const inference = createInference(clip, { ...inferenceOptions, maxPixels });
      return { clip, inference, folder: path, embedded: folder === undefined };
    },
  };
}
