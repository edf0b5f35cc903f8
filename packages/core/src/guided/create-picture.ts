import { crc32 } from '../crc32.ts';
import { ClipError } from '../errors.ts';
import { resizedAndCropped } from '../image/preprocess.ts';
import { type ImageSource, pixelsOf } from '../image/source/image-source.ts';
import { GuidedPicture } from './guided-picture.ts';
import { readPictureState } from './picture-file.ts';
import type { PictureModel } from './picture-model.ts';
import { type PictureOptions, type PictureSettings, pictureSettings } from './picture-settings.ts';
import { type Drawer, pictureTargets } from './targets.ts';

/**
 * Begins a picture that should look like what a text says, by following a model's gradient: the picture is a pyramid of all
 * resolutions, and the model sees many different views of it (S. Fort and J. Whitaker, Direct Ascent Synthesis,
 * https://arxiv.org/abs/2502.07753). What comes out is recognisable where the model knows the subject well, and never like a
 * photograph.
 *
 * Pictures can be unlike what was asked for. Published CLIP models are known to give nudity for innocent words.
 *
 * @param models one, or several that take turns. A negative weight moves away from a prompt.
 * @throws ClipError BAD_INPUT for options out of their range, or no model; as `Clip.encodeTexts`, and for a start picture as
 *   `Clip.preprocess`.
 * @example
 * ```ts
 * import { createPicture, loadClip } from '@clipql/core';
 * import { modelFromFolder } from '@clipql/core/node';
 *
 * const clip = await loadClip(await modelFromFolder('models/nano'));
 * const picture = await createPicture(clip, { prompts: 'a sheep', quality: 'DRAFT', size: 64 });
 * while (picture.stepsDone < 3) await picture.step(); // or until picture.isDone
 * const { width, channels, data } = await picture.image();
 * console.log(width, channels, data.length); // 64 3 12288
 * ```
 */
export async function createPicture(
  models: PictureModel | readonly PictureModel[],
  options: PictureOptions,
): Promise<GuidedPicture> {
  const settings = pictureSettings(options);
  const { from } = options;
  const start = from && (await startPicture(from.image, settings.size));
  return pictureOf(models, settings, start);
}

/**
 * Goes on with a picture where its state was taken. With the same models on the same kind of machine it becomes the same,
 * byte for byte, as one that was never interrupted, whatever the number of threads.
 *
 * @param state as `GuidedPicture.state` gave it.
 * @throws ClipError BAD_INPUT for other bytes, a state of a version that draws otherwise, and other models than those that
 *   began the picture; as `Clip.encodeTexts`.
 * @example
 * ```ts
 * import { createPicture, loadClip, restorePicture } from '@clipql/core';
 * import { modelFromFolder } from '@clipql/core/node';
 *
 * const clip = await loadClip(await modelFromFolder('models/nano'));
 * const begun = await createPicture(clip, { prompts: 'a sheep', size: 64 });
 * const picture = await restorePicture(clip, begun.state());
 * console.log(picture.stepsDone, picture.steps); // 0 150
 * ```
 */
export async function restorePicture(
  models: PictureModel | readonly PictureModel[],
  state: Uint8Array,
): Promise<GuidedPicture> {
  const { settings, start } = readPictureState(state);
  const picture = await pictureOf(models, settings, start);
  picture.resume(state);
  return picture;
}

async function pictureOf(
  models: PictureModel | readonly PictureModel[],
  settings: PictureSettings,
  start: Uint8Array | undefined,
): Promise<GuidedPicture> {
  const drawers = await drawersOf(models, settings);
  return new GuidedPicture({ settings, drawers, targets: checksum(drawers), start });
}

async function drawersOf(
  given: PictureModel | readonly PictureModel[],
  settings: PictureSettings,
): Promise<readonly Drawer[]> {
  const models = 'info' in given ? [given] : given;
  if (models.length === 0) throw new ClipError('BAD_INPUT', 'expected a model, got none');
  const drawers: Drawer[] = [];
  for (const model of models) {
    drawers.push({ model, targets: await pictureTargets(model, settings) });
  }
  return drawers;
}

/** Other weights, other targets. */
function checksum(drawers: readonly Drawer[]): number {
  const values = drawers.flatMap(({ targets }) =>
    targets.flatMap(({ embedding }) => [...embedding]),
  );
  return crc32(new Uint8Array(Float32Array.from(values).buffer));
}

/** The largest square in the middle, [size, size, 3]. */
async function startPicture(image: ImageSource, size: number): Promise<Uint8Array> {
  const square = resizedAndCropped(await pixelsOf(image), {
    resize: { shortestEdge: size },
    filter: 'bicubic',
    crop: size,
    fill: [0, 0, 0],
  });
  return square.data;
}
