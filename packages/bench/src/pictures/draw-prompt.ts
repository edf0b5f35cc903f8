import {
  type Clip,
  createPicture,
  type PictureOptions,
  type RgbImage,
  restorePicture,
} from '@clipql/core';
import type { PictureFolder } from './picture-folder.ts';

const STEPS_A_SAVE = 10;

/** The picture of a prompt after so many of its steps, at most all. Its state is saved in the folder meanwhile. */
export async function drawPrompt(
  clip: Clip,
  options: PictureOptions & { readonly prompts: string },
  { steps, folder }: { readonly steps: number; readonly folder: PictureFolder },
): Promise<RgbImage> {
  const file = `${options.prompts}.state`;
  const state = await folder.read(file);
  const picture = state ? await restorePicture(clip, state) : await createPicture(clip, options);
  while (picture.stepsDone < Math.min(steps, picture.steps)) {
    await picture.step();
    if (picture.stepsDone % STEPS_A_SAVE === 0) await folder.write(file, picture.state());
  }
  const image = await picture.image();
  await folder.remove(file);
  return image;
}
