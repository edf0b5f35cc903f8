import type { GuidedPicture, PictureStep } from '@clipql/core';
import type { PictureFolder } from './picture-folder.ts';

/** A run that is killed loses at most the steps of so many milliseconds. */
const SAVE_MS = 4000;
/** The most frames of how a picture came to be, the first and the last included. */
const MOST_FRAMES = 40;

export interface DrawOptions {
  readonly folder: PictureFolder;
  /** Whether frames are kept. */
  readonly frames: boolean;
  readonly signal: AbortSignal;
  onStep(step: PictureStep): void;
}

/**
 * Takes the steps that a picture has left. Its state is saved every few seconds, and once more when the signal is aborted,
 * after which it returns early.
 */
export async function drawPicture(
  picture: GuidedPicture,
  { folder, frames, signal, onStep }: DrawOptions,
): Promise<void> {
  let saved = performance.now();
  const keepFrame = async () => {
    if (!frames || frameAt(picture.steps, picture.stepsDone) === undefined) return;
    await folder.writeFrame(frameAt(picture.steps, picture.stepsDone)!, await picture.image());
  };
  await keepFrame();
  while (!picture.isDone && !signal.aborted) {
    const step = await picture.step({ signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (step === undefined) break;
    await keepFrame();
    onStep(step);
    if (performance.now() - saved < SAVE_MS) continue;
    await folder.writeState(picture.state());
    saved = performance.now();
  }
  await folder.writeState(picture.state());
}

/** How many frames there are of so many steps. */
export const frameCount = (steps: number): number => frameAt(steps, steps)! + 1;

/** Which frame is taken after a step; none after most, where there are many. */
function frameAt(steps: number, step: number): number | undefined {
  const apart = Math.ceil(steps / (MOST_FRAMES - 1));
  if (step === steps) return Math.ceil(steps / apart);
  return step % apart === 0 ? step / apart : undefined;
}
