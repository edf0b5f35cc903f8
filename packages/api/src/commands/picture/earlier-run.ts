import { ClipError, type GuidedPicture } from '@clipql/core';
import { ApiError } from '../../errors/api-error.ts';
import { writing } from '../../files/writing.ts';
import { frameCount } from '../../pictures/draw-picture.ts';
import { PictureFolder } from '../../pictures/picture-folder.ts';
import { expectNewOutputs, type PictureOutputs } from './picture-outputs.ts';

/** Where a run keeps what it has, until it ends. */
export const partialOf = (out: string, side: number): PictureFolder =>
  new PictureFolder(`${out}.partial`, side);

/**
 * Goes on where an earlier run of the same command ended.
 *
 * @returns a line about it; undefined where there was none.
 * @throws ApiError OUTPUT_EXISTS for an output that may not be replaced, for what another command or another version of
 *   ClipQL began, unless that may be replaced, and for files that are no picture's; OUTPUT_UNWRITABLE.
 */
export const continueEarlierRun = (
  picture: GuidedPicture,
  folder: PictureFolder,
  outputs: PictureOutputs,
): Promise<string | undefined> =>
  writing(folder.path, async () => {
    const [other] = await folder.others();
    if (other !== undefined) {
      const message = `expected ${folder.path} to contain only a picture's files, got ${other}`;
      throw new ApiError('OUTPUT_EXISTS', message);
    }
    const state = await folder.readState();
    const beginning = outputs.overwrite ? picture.state() : undefined;
    const difference =
      state && (await differenceOf(picture, state, outputs.gif === undefined ? undefined : folder));
    // One that is done may have been killed after it made them.
    if (difference !== undefined || !picture.isDone) await expectNewOutputs(outputs);
    if (state === undefined) return void (await folder.remove());
    const { stepsDone } = picture;
    if (difference === undefined) {
      return stepsDone > 0 ? `${stepsDone} steps are kept from an earlier run` : undefined;
    }
    const found = `${folder.path} is from another command or version (${difference})`;
    if (beginning === undefined) {
      throw new ApiError('OUTPUT_EXISTS', `${found}; --overwrite starts over`);
    }
    picture.resume(beginning);
    await folder.remove();
    return `${found}: started over`;
  });

/** Resumes a picture. @returns how it differs from the one that was begun; undefined where it does not. */
async function differenceOf(
  picture: GuidedPicture,
  state: Uint8Array,
  framesIn: PictureFolder | undefined,
): Promise<string | undefined> {
  try {
    picture.resume(state);
  } catch (error) {
    if (error instanceof ClipError) return error.message;
    throw error;
  }
  const frames = frameCount(picture.steps, picture.stepsDone);
  const hasFrames = framesIn === undefined || (await framesIn.hasFrames(frames));
  return hasFrames ? undefined : 'one without --gif';
}
