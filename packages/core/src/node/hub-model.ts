import { homedir } from 'node:os';
import { ClipError } from '../errors.ts';
import type { HubModelRequest } from '../hub/options.ts';
import type { ModelFiles } from '../model-files.ts';
import { modelFromFolder } from './model-folder.ts';

/** A model in the cache's folder, downloaded where it is not complete there. */
export async function openHubModel(request: HubModelRequest): Promise<ModelFiles> {
  const { id, revision, onProgress = () => {}, cache, endpoint, token } = request;
  if (cache === false) {
    throw new ClipError(
      'BAD_INPUT',
      'expected a folder as the cache, got false: Node keeps models on disk',
    );
  }
  // Whoever downloads nothing loads no HTTP client.
  const { locateModel } = await import('./hub/pull.ts');
  const { hubSettings } = await import('./hub/settings.ts');
  const variables = { HF_HUB_CACHE: cache, HF_ENDPOINT: endpoint, HF_TOKEN: token };
  const address = { kind: 'hub', id, revision } as const;
  const { folder, name } = await locateModel(
    address,
    hubSettings(variables, homedir()),
    onProgress,
  );
  return modelFromFolder(folder, name);
}
