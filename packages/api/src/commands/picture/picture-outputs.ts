import { access, readFile } from 'node:fs/promises';
import { ApiError } from '../../errors/api-error.ts';
import { writeAtomically } from '../../files/atomic-write.ts';
import { ifThere } from '../../files/if-there.ts';
import { writing } from '../../files/writing.ts';

/** The files that a run makes, and whether it may replace what is there. */
export interface PictureOutputs {
  readonly out: string;
  readonly gif: string | undefined;
  readonly overwrite: boolean;
}

/** @throws ApiError OUTPUT_EXISTS unless all may be made. */
export async function expectNew({ out, gif, overwrite }: PictureOutputs): Promise<void> {
  if (overwrite) return;
  for (const path of gif === undefined ? [out] : [out, gif]) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) throw existing(path);
  }
}

/**
 * Makes an output. One with these very bytes is of an earlier run of the same command, which was killed before it made all.
 *
 * @throws ApiError OUTPUT_EXISTS, OUTPUT_UNWRITABLE.
 */
export async function writeOutput(
  path: string,
  bytes: Uint8Array,
  overwrite: boolean,
): Promise<void> {
  const there = overwrite ? undefined : await writing(path, () => ifThere(readFile(path)));
  if (there?.equals(bytes)) return;
  if (there !== undefined) throw existing(path);
  await writing(path, () => writeAtomically(path, bytes));
}

const existing = (path: string): ApiError =>
  new ApiError('OUTPUT_EXISTS', `expected a new file, got ${path}`);
