import { fileURLToPath } from 'node:url';
import type { ModelFiles } from '../model-files.ts';
import { modelFromFolder } from '../node/index.ts';

/** The embedded model. */
export const nanoModel = (): Promise<ModelFiles> =>
  modelFromFolder(fileURLToPath(new URL('../../../../models/nano', import.meta.url)));
