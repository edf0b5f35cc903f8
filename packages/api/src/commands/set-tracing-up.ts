import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ApiError } from '../errors/api-error.ts';
import { oneLine } from '../errors/one-line.ts';

/** @throws ApiError BAD_OPTION when the module cannot be imported. */
export async function setTracingUp(path: string): Promise<void> {
  try {
    await import(pathToFileURL(resolve(path)).href);
  } catch (cause) {
    const reason = oneLine(cause instanceof Error ? cause.message : String(cause));
    throw new ApiError('BAD_OPTION', `expected --tracing as a module to import, got ${reason}`, {
      cause,
    });
  }
}
