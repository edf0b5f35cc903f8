import { fileURLToPath } from 'node:url';

const folder = (name: string): string =>
  fileURLToPath(new URL(`../../../../models/${name}`, import.meta.url));

/** The smallest model in the repository. */
export const NANO = folder('nano');
/** The embedded model. */
export const LITE = folder('lite');
