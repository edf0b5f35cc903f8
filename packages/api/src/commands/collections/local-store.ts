import { SHARED } from '../../access/owner.ts';
import type { VectorSpace } from '../../collections/collection.ts';
import { fetcherOnDemand } from '../../images/fetcher-on-demand.ts';
import { imagesOfCommandLine, type ReadImage } from '../../images/read-image.ts';
import type { Job } from '../../jobs/job.ts';
import { openStore, type Store } from '../../jobs/open-store.ts';
import { MAX_OWN_IMAGE_BYTES } from '../../limits/images.ts';
import { createModelRegistry, type ModelRegistry } from '../../models/registry.ts';
import { type Flags, parseSettings, type Settings, storeOptions } from '../../settings/settings.ts';
import { strayVariables } from '../../settings/stray-variables.ts';
import { defaultDataFolder } from '../../sqlite/data-folder.ts';
import { localModel } from '../local-model.ts';
import { reportError, warn } from '../report.ts';
import { modelsOf, rememberModel } from './known-models.ts';

/** What a command works with. */
export interface LocalStore extends Store {
  readonly settings: Settings;
  /** The data folder. */
  readonly data: string;
  /** The command's model, and those of collections and classifiers if it names none; loaded when they are needed. */
  readonly models: ModelRegistry;
  readonly readImage: ReadImage;
  /** Runs this job, beside the others that it was told to run. */
  run(job: Job): void;
}

/**
 * Opens the data folder, does the work, and lets go of everything, so that the process can end.
 *
 * @throws ApiError BAD_OPTION, those of `openStore`, and what the work throws.
 */
export async function withLocalStore(
  flags: Flags,
  work: (store: LocalStore) => Promise<void>,
): Promise<void> {
  const settings = parseSettings(flags, process.env);
  strayVariables(process.env).forEach(warn);
  const models = createModelRegistry([localModel(settings)]);
  const fetcher = fetcherOnDemand(settings);
  const readImage = imagesOfCommandLine(fetcher);
  // What another command left is its own to go on with: it may be of another model.
  const own = new Set<string>();
  const data = settings.data ?? defaultDataFolder(process.env);
  try {
    const store = await openStore({
      ...storeOptions(settings),
      data,
      folders: undefined,
      models,
      readImage,
      maxFileBytes: MAX_OWN_IMAGE_BYTES,
      local: true,
      accepts: ({ id }) => own.has(id),
      onUnexpected: (error) => reportError(error),
    });
    const run = ({ id }: Job) => {
      own.add(id);
      store.runner.start();
    };
    try {
      const known = await modelsOf(await spacesOf(store), data, settings);
      known.forEach(models.add);
      await work({ ...store, settings, data, models, readImage, run });
      await rememberModel(models, await spacesOf(store), data, settings);
    } finally {
      await store.close();
    }
  } finally {
    await fetcher.close();
    models.close();
  }
}

/** Of all that the command line keeps. */
async function spacesOf({ collections, classifiers }: Store): Promise<readonly VectorSpace[]> {
  const kept = [...(await collections.list(SHARED)), ...(await classifiers.of(undefined).list())];
  return kept.map(({ space }) => space);
}
