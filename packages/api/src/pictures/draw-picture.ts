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
  onStep(step: PictureStep): Promise<void> | void;
  /** Once a state is on the disk. @param step of the state. */
  onSave?(step: number): Promise<void>;
}

/**
 * Takes the steps that a picture has left. Its state is saved every few seconds, and once more when the signal is aborted,
 * after which it returns early: it does not wait for a step that is under way.
 */
export async function drawPicture(
  picture: GuidedPicture,
  { folder, frames, signal, onStep, onSave }: DrawOptions,
): Promise<void> {
  const keepFrame = async () => {
    if (!frames || frameAt(picture.steps, picture.stepsDone) === undefined) return;
    await folder.writeFrame(frameAt(picture.steps, picture.stepsDone)!, await picture.image());
  };
  const save = async () => {
    const step = picture.stepsDone;
    await folder.writeState(picture.state());
    await onSave?.(step);
  };
  const aborted = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const takeStep = () =>
    picture.step({ signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
      return undefined;
    });
  let saved = performance.now();
  await keepFrame();
  while (!picture.isDone && !signal.aborted) {
    const step = await Promise.race([takeStep(), aborted]);
    if (step === undefined) break;
    await keepFrame();
    await onStep(step);
    if (performance.now() - saved < SAVE_MS || picture.isDone) continue;
    await save();
    saved = performance.now();
  }
  await save();
}

/** How many frames there are of a picture with so many steps, when some of them are taken. */
export function frameCount(steps: number, stepsDone = steps): number {
  return stepsDone === steps
    ? frameAt(steps, steps)! + 1
    : Math.floor(stepsDone / stepsApart(steps)) + 1;
}

/** Which frame is taken after a step; none after most, where there are many. */
function frameAt(steps: number, step: number): number | undefined {
  const apart = stepsApart(steps);
  if (step === steps) return Math.ceil(steps / apart);
  return step % apart === 0 ? step / apart : undefined;
}

const stepsApart = (steps: number): number => Math.ceil(steps / (MOST_FRAMES - 1));
