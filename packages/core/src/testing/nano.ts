import { fileURLToPath } from 'node:url';
import type { ModelFiles } from '../model-files.ts';
import { modelFromFolder } from '../node/index.ts';

/** The smallest model in the repository. */
export const nanoModel = (): Promise<ModelFiles> =>
  modelFromFolder(fileURLToPath(new URL('../../../../models/nano', import.meta.url)));
