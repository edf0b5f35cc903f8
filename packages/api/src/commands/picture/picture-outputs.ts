import { readFile } from 'node:fs/promises';
import { writeAtomically } from '../../files/atomic-write.ts';
import { expectNew, outputExists } from '../../files/expect-new.ts';
import { ifThere } from '../../files/if-there.ts';
import { writing } from '../../files/writing.ts';

/** The files that a run makes, and whether it may replace what is there. */
export interface PictureOutputs {
  readonly out: string;
  readonly gif: string | undefined;
  readonly overwrite: boolean;
}

export const pathsOf = ({ out, gif }: PictureOutputs): readonly string[] =>
  gif === undefined ? [out] : [out, gif];

/** @throws ApiError OUTPUT_EXISTS unless all may be made. */
export async function expectNewOutputs(outputs: PictureOutputs): Promise<void> {
  if (outputs.overwrite) return;
  for (const path of pathsOf(outputs)) await expectNew(path);
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
  if (there !== undefined) throw outputExists(path);
  await writing(path, () => writeAtomically(path, bytes));
}
