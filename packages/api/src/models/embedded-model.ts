import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the model that comes with ClipQL. */
export const EMBEDDED_MODEL = fileURLToPath(new URL('../../../../models/lite', import.meta.url));

/** What it is called. */
export const EMBEDDED_NAME = basename(EMBEDDED_MODEL);
