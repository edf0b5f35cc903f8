import { access, constants, readdir, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { HubSettings } from '@clipql/core/node';
import { counted } from '../errors/counted.ts';
import { type Finding, note, ok } from './finding.ts';

/** A folder of the cache that holds a model. */
const MODEL_FOLDER = /^models--/;

/** Where downloaded models are, and whether more can be put there. */
export async function lookAtCache({ cache, offline }: HubSettings): Promise<Finding> {
  const place = await firstThatIsThere(cache);
  if (!(await canHoldFiles(place))) {
    return note(
      'cache',
      `${cache} cannot be written, so nothing can be downloaded; HF_HOME names another`,
    );
  }
  const names = place === cache ? await readdir(cache) : [];
  const models = names.filter((name) => MODEL_FOLDER.test(name)).length;
  const { bavail, bsize } = await statfs(place);
  const free = ((bavail * bsize) / 1e9).toFixed(1);
  const requests = offline ? '; HF_HUB_OFFLINE: nothing is requested' : '';
  return ok('cache', `${cache}: ${counted(models, 'model')}, ${free} GB free${requests}`);
}

async function canHoldFiles(place: string): Promise<boolean> {
  try {
    await access(place, constants.W_OK);
    return (await stat(place)).isDirectory();
  } catch {
    return false;
  }
}

/** The folder, or the one above it in which it would be made. */
async function firstThatIsThere(folder: string): Promise<string> {
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  return isThere || dirname(folder) === folder ? folder : firstThatIsThere(dirname(folder));
}
