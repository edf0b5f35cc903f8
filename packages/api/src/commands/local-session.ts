import type { Clip, HeldTowers } from '@clipql/core';
import { fetcherOnDemand } from '../images/fetcher-on-demand.ts';
import { imagesOfCommandLine, type ReadImage } from '../images/read-image.ts';
import { createLoaders, type ModelSession } from '../loaders/loaders.ts';
import type { LoadedModel } from '../models/loaded-model.ts';
import { type Flags, parseSettings } from '../settings/settings.ts';
import { strayVariables } from '../settings/stray-variables.ts';
import { localModel, ownModel } from './local-model.ts';
import { warn } from './report.ts';

/** A model, what to reach it by, and how images are read. */
export interface LocalSession extends ModelSession {
  readonly readImage: ReadImage;
}

/**
 * Loads the model that the flags name, does the work, and lets go of everything, so that the
 * process can end.
 *
 * @param towers as {@link localModel} takes it.
 * @throws ApiError BAD_OPTION, ClipError as `loadClip`, and what the work throws.
 */
export async function withLocalSession(
  flags: Flags,
  work: (session: LocalSession) => Promise<void>,
  towers?: HeldTowers,
): Promise<void> {
  const settings = parseSettings(flags, process.env);
  strayVariables(process.env).forEach(warn);
  const loaded = await localModel(settings, towers).load();
  const fetcher = fetcherOnDemand(settings);
  try {
    const { signal } = new AbortController();
    const readImage = imagesOfCommandLine(fetcher);
    // Images are taken in small groups, so that their number needs no limit.
    const limits = { ...settings, maxImages: Number.POSITIVE_INFINITY };
    const loaders = createLoaders(loaded, readImage, limits, signal);
    await work({ model: loaded, loaders, readImage });
  } finally {
    await fetcher.close();
    loaded.dispose();
  }
}

/**
 * Loads all models that the flags name, the embedded one if they name none, does the work, and lets go of everything.
 *
 * @throws ApiError BAD_OPTION, ClipError as `loadClip`, and what the work throws.
 */
export async function withLocalModels(
  flags: Flags,
  work: (clips: readonly Clip[], readImage: ReadImage) => Promise<void>,
): Promise<void> {
  const settings = parseSettings(flags, process.env);
  strayVariables(process.env).forEach(warn);
  const names = settings.model.length > 0 ? settings.model : [undefined];
  const loaded: LoadedModel[] = [];
  const fetcher = fetcherOnDemand(settings);
  try {
    for (const name of names) loaded.push(await ownModel(name, settings).load());
    await work(
      loaded.map(({ clip }) => clip),
      imagesOfCommandLine(fetcher),
    );
  } finally {
    await fetcher.close();
    for (const model of loaded) model.dispose();
  }
}
