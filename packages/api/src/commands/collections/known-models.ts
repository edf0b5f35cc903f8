import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PRECISIONS } from '@clipql/core';
import { z } from 'zod';
import type { VectorSpace } from '../../collections/collection.ts';
import { writeAtomically } from '../../files/atomic-write.ts';
import type { ModelSource } from '../../models/loaded-model.ts';
import { modelHash } from '../../models/model-hash.ts';
import type { ModelRegistry } from '../../models/registry.ts';
import { modelAddress } from '../../models/zoo.ts';
import type { Settings } from '../../settings/settings.ts';
import { ownModel } from '../local-model.ts';

/** Where a model was when it was last used, and how it was loaded. */
const knownModel = z.object({
  /** The embedded one unless given. */
  model: z.string().optional(),
  precision: z.enum(PRECISIONS),
});

type KnownModel = z.output<typeof knownModel>;

/** By the hashes of the models. */
type KnownModels = Readonly<Record<string, KnownModel>>;

const fileIn = (data: string): string => join(data, 'models.json');

async function readKnown(data: string): Promise<KnownModels> {
  try {
    return z.record(z.string(), knownModel).parse(JSON.parse(await readFile(fileIn(data), 'utf8')));
  } catch {
    // There is none yet, or it is damaged: then models have to be named once more.
    return {};
  }
}

/** Whether a command takes what made the vectors: no model was asked for. */
const isOpen = ({ model, precision }: Settings): boolean =>
  model.length === 0 && precision === 'f32';

/**
 * The models of collections and classifiers, where a command names none: where they were when they were last used, or on the hub by
 * their ids. None is loaded before it is asked for.
 */
export async function modelsOf(
  spaces: readonly VectorSpace[],
  data: string,
  settings: Settings,
): Promise<readonly ModelSource[]> {
  if (!isOpen(settings)) return [];
  const known = await readKnown(data);
  const byHash = new Map(spaces.map((space) => [space.hash, space]));
  return [...byHash.values()].flatMap(({ hash, model }) => {
    const found = known[hash] ?? (model.includes('/') ? { model, precision: 'f32' } : undefined);
    if (found === undefined) return [];
    const source = ownModel(found.model, { ...settings, precision: found.precision });
    // Two folders of models may have one name.
    return [{ ...source, name: `${source.name} (${hash.slice(0, 12)})`, hash }];
  });
}

/** Keeps where a command’s model is, if it made vectors that are kept. */
export async function rememberModel(
  models: Pick<ModelRegistry, 'list'>,
  spaces: readonly VectorSpace[],
  data: string,
  settings: Settings,
): Promise<void> {
  const loaded = models.list()[0]?.loaded;
  if (loaded === undefined || isOpen(settings)) return;
  const hash = await modelHash(loaded);
  if (!spaces.some((space) => space.hash === hash)) return;
  const known = await readKnown(data);
  const used: KnownModel = { ...placeOf(settings.model[0]), precision: settings.precision };
  if (JSON.stringify(known[hash]) === JSON.stringify(used)) return;
  await writeAtomically(fileIn(data), `${JSON.stringify({ ...known, [hash]: used }, null, 2)}\n`);
}

function placeOf(model: string | undefined): Pick<KnownModel, 'model'> {
  if (model === undefined) return {};
  const address = modelAddress(model);
  return { model: address.kind === 'folder' ? resolve(address.path) : model };
}
