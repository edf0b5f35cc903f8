import { access } from 'node:fs/promises';
import { ApiError } from '../errors/api-error.ts';

/** @throws ApiError OUTPUT_EXISTS where there is something at a path. */
export async function expectNew(path: string): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) throw outputExists(path);
}

export const outputExists = (path: string): ApiError =>
  new ApiError('OUTPUT_EXISTS', `expected a new file, got ${path}`);
