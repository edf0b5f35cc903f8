import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const EXTENSION = extname(fileURLToPath(import.meta.url));

/**
 * The address of a module beside another, run from its sources or built.
 *
 * @param here `import.meta.url`.
 * @param name without an extension.
 */
export const moduleBeside = (here: string, name: string): URL =>
  new URL(`./${name}${EXTENSION}`, here);

/** For `execArgv`: run from its sources, as tests do, a thread takes core from its sources too. */
export const THREAD_ARGUMENTS = EXTENSION === '.ts' ? ['--conditions=clipql-source'] : [];
