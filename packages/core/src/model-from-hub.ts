import { openHubModel } from '#hub-model';
import { ClipError } from './errors.ts';
import { checkRevision, isModelId } from './hub/model-id.ts';
import type { HubOptions } from './hub/options.ts';
import type { ModelFiles } from './model-files.ts';

/**
 * A model of Hugging Face's hub, by its id. Its files are downloaded when {@link loadClip} asks for them, checked
 * by size and by the hub's hashes, and kept: in a page in Cache Storage, in Node in the folder that Python's
 * huggingface_hub uses. A model that was kept is used without a request. A lost connection is tried again, and
 * goes on where it stopped; so does the next visit of a page that was left.
 *
 * `loadClip` then throws DOWNLOAD_FAILED, DOWNLOAD_DENIED, DOWNLOAD_CORRUPT, MODEL_NOT_FOUND, or DISK_FULL where
 * the browser gives the page too little room.
 *
 * @param id `org/name`
 * @throws ClipError BAD_INPUT for an id or revision that no hub has.
 * @example
 * ```ts
 * import { loadClip, modelFromHub } from '@clipql/core';
 *
 * const model = modelFromHub('laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K', {
 *   endpoint: process.env.HF_ENDPOINT,
 *   onProgress: (step) => {
 *     if (step.kind === 'data') process.stderr.write(`${step.received} of ${step.size} bytes\n`);
 *   },
 * });
 * const clip = await loadClip(model);
 * console.log(clip.info.name); // laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K
 * clip.dispose();
 * ```
 */
export function modelFromHub(id: string, options: HubOptions = {}): ModelFiles {
  if (!isModelId(id)) {
    const got = JSON.stringify(String(id).slice(0, 100));
    throw new ClipError('BAD_INPUT', `expected the id of a model, such as org/name, got ${got}`);
  }
  if (options.revision !== undefined) checkRevision(options.revision, 'as the revision');
  let opening: Promise<ModelFiles> | undefined;
  const files = (): Promise<ModelFiles> => {
    opening ??= openHubModel({ ...options, id }).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  return {
    name: id,
    read: async (file) => (await files()).read(file),
    discard: async (bytes) => (await files()).discard?.(bytes),
    openWeights: async () => (await files()).openWeights(),
  };
}
