import { fileURLToPath } from 'node:url';

/** The repository's root; case files name their weights' folder from here. */
export const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));

/** The reference outputs that are kept with bench; see the README there. */
export const REFERENCE = fileURLToPath(new URL('../../reference/', import.meta.url));

/** The smallest model of the repository. */
export const NANO = fileURLToPath(new URL('../../../../models/nano', import.meta.url));

/** The built modules of the server, which is no library. */
export const API = new URL('../../../api/dist/', import.meta.url);

/** The built command `clipql`. */
export const CLIPQL = fileURLToPath(new URL('../../../api/bin/clipql.js', import.meta.url));
