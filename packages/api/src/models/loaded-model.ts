import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clip, type LoadOptions, loadClip } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import type { ModelSource } from './registry.ts';

/** A model that is ready to run. */
export interface LoadedModel {
  readonly clip: Clip;
  /** Where its files are. */
  readonly folder: string;
  /** Whether it is the small one that comes with ClipQL. */
  readonly embedded: boolean;
  /** Images of more pixels are refused before they are decoded; undefined for core's own limit. */
  readonly maxPixels: number | undefined;
}

const EMBEDDED_MODEL = fileURLToPath(new URL('../../../../models/nano', import.meta.url));

/**
 * Where to load a model from: a folder, or the embedded one.
 *
 * @returns a source whose `load` throws ClipError as `loadClip` does.
 */
export function modelSource(folder: string | undefined, options: LoadOptions = {}): ModelSource {
  const path = folder ?? EMBEDDED_MODEL;
  return {
    name: basename(resolve(path)),
    load: async () => {
      const clip = await loadClip(await modelFromFolder(path), options);
      return { clip, folder: path, embedded: folder === undefined, maxPixels: options.maxPixels };
    },
  };
}
