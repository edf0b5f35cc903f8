import { createImageFetcher } from '../images/fetch-image.ts';
import { imagesOfCommandLine } from '../images/read-image.ts';
import { type LoadedModel, loadModel } from '../loaded-model.ts';
import { createLoaders, type Loaders } from '../loaders.ts';
import { type Flags, parseSettings } from '../settings.ts';

/** What a command that answers at once works with. */
export interface LocalSession {
  readonly model: LoadedModel;
  readonly loaders: Loaders;
}

/**
 * Loads the model that the flags name, does the work, and lets go of everything, so that the
 * process can end.
 *
 * @throws ApiError BAD_OPTION, ClipError as `loadClip`, and what the work throws.
 */
export async function withLocalSession(
  flags: Flags,
  work: (session: LocalSession) => Promise<void>,
): Promise<void> {
  const { modelFolder, load, allowHosts } = parseSettings(flags, process.env);
  const model = await loadModel(modelFolder, load);
  const fetcher = createImageFetcher({ allowHosts });
  try {
    // Images are taken in small groups, so that their number needs no limit.
    const loaders = createLoaders(model, imagesOfCommandLine(fetcher), Number.POSITIVE_INFINITY);
    await work({ model, loaders });
  } finally {
    await fetcher.close();
    model.clip.dispose();
  }
}
