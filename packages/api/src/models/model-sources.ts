import { homedir } from 'node:os';
import { basename, resolve } from 'node:path';
import { ClipError, type LoadOptions, loadClip } from '@clipql/core';
import {
  hubSettings,
  locateModel,
  type ModelAddress,
  modelFromFolder,
  type OnProgress,
} from '@clipql/core/node';
import { ApiError } from '../errors/api-error.ts';
import { createInference, type InferenceOptions } from '../inference/inference.ts';
import { EMBEDDED_MODEL } from './embedded-model.ts';
import type { ModelSource } from './loaded-model.ts';
import { modelAddress } from './zoo.ts';

export interface ModelSourceOptions {
  readonly inference?: InferenceOptions;
  /** Told of a download. */
  readonly onProgress?: OnProgress;
}

/**
 * Where to load models from: folders, repositories of the hub, URLs of folders, the embedded model by
 * its name; the embedded model where there are none. What is not on the disk is downloaded when it is loaded.
 *
 * @returns sources whose `load` throws ClipError as `locateModel` and `loadClip` do.
 * @throws ClipError BAD_INPUT for a malformed one; ApiError BAD_OPTION for two of one name.
 */
export function modelSources(
  models: readonly string[],
  load: LoadOptions = {},
  options: ModelSourceOptions = {},
): [ModelSource, ...ModelSource[]] {
  const [first, ...others] = models;
  const sources: [ModelSource, ...ModelSource[]] = [
    modelSource(first, load, options),
    ...others.map((model) => modelSource(model, load, options)),
  ];
  const names = sources.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new ApiError('BAD_OPTION', `expected models of different names, got ${twice} twice`);
  }
  return sources;
}

/**
 * One of {@link modelSources}.
 *
 * @param model the embedded one unless given.
 */
export function modelSource(
  model: string | undefined,
  loadOptions: LoadOptions = {},
  { onProgress = () => {}, inference: inferenceOptions }: ModelSourceOptions = {},
): ModelSource {
  const address = modelAddress(model ?? EMBEDDED_MODEL);
  const embedded = address.kind === 'folder' && address.path === EMBEDDED_MODEL;
  return {
    name: nameOf(address),
    load: async (reserve) => {
      const settings = hubSettings(process.env, homedir());
      const { folder, files } = await findModel(address, settings, onProgress);
      const clip = await loadClip(files, {
        ...loadOptions,
        ...(reserve !== undefined && { onMemory: reserve }),
      });
      const { maxPixels } = loadOptions;
      const inference = createInference(clip, { ...inferenceOptions, maxPixels });
      const dispose = () => {
        inference.close();
        clip.dispose();
      };
      return { clip, inference, folder, embedded, dispose };
    },
  };
}

/** @throws ClipError as `locateModel` and `modelFromFolder`, saying where names are listed if there is no such model. */
async function findModel(...where: Parameters<typeof locateModel>) {
  try {
    const { folder, name } = await locateModel(...where);
    return { folder, files: await modelFromFolder(folder, name) };
  } catch (cause) {
    if (!(cause instanceof ClipError) || cause.code !== 'MODEL_NOT_FOUND') throw cause;
    throw new ClipError(cause.code, `${cause.message} (clipql models lists the published ones)`, {
      cause,
    });
  }
}

function nameOf(address: ModelAddress): string {
  if (address.kind === 'folder') return basename(resolve(address.path));
  if (address.kind === 'hub') return address.id;
  if (address.kind === 'files') return address.name;
  return new URL(address.url).pathname.split('/').findLast((part) => part !== '') ?? address.url;
}
