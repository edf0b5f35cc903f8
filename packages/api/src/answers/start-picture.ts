import {
  ClipError,
  type PictureQuality,
  type PictureSettings,
  pictureSettings,
} from '@clipql/core';
import { ApiError } from '../errors/api-error.ts';
import type { GivenImage } from '../images/given-image.ts';
import { checkAskedPicture } from '../limits/pictures.ts';
import type { ModelSession } from '../loaders/loaders.ts';
import { NEGATIVE_WEIGHT } from '../pictures/negative-weight.ts';
import type { Picture, StartImage } from '../pictures/picture.ts';
import { shownSource } from '../pictures/picture-texts.ts';
import type { Context } from './context.ts';

/** A text that is drawn, or kept away from. */
interface AskedPrompt {
  readonly text: string;
  /** Undefined for the usual one; a plain text with a style counts as two then. */
  readonly weight: number | undefined;
}

/** A picture as a request asks for it. */
export interface PictureQuestion {
  readonly prompts: readonly AskedPrompt[];
  readonly negativePrompts: readonly AskedPrompt[];
  readonly quality: PictureQuality;
  readonly size: number;
  readonly seed: number;
  /** Names of models; the default one where there are none. */
  readonly models: readonly string[];
  /** What to begin with, if not with grey. */
  readonly start: { readonly image: GivenImage; readonly keep: number | undefined } | undefined;
}

/**
 * Puts a picture behind those that wait to be drawn.
 *
 * @throws ApiError PICTURES_OFF, TOO_MANY_PICTURES; BAD_INPUT for what is out of its range; UNKNOWN_MODEL; what
 *   loaders throw for the start image; PICTURE_NOT_KEPT.
 */
export async function startPicture(context: Context, asked: PictureQuestion): Promise<Picture> {
  const { pictures, owner, models: registry } = context;
  pictures.checkPlace(owner);
  const models = asked.models.length > 0 ? asked.models : [registry.list()[0]!.name];
  const settings = checkedSettings({ ...asked, models });
  const sessions: ModelSession[] = [];
  for (const name of models) sessions.push(await context.use(name));
  const start = asked.start && (await startImage(sessions[0]!, asked.start.image));
  return pictures.start({ owner, settings, models, start });
}

function checkedSettings(asked: PictureQuestion): PictureSettings {
  checkAskedPicture(asked);
  const { prompts, negativePrompts, quality, size, seed, start } = asked;
  if (prompts.length === 0) throw badInput('expected a prompt, got none');
  try {
    return pictureSettings({
      prompts: [
        ...prompts.map(({ text, weight }) => (weight === undefined ? text : { text, weight })),
        ...negativePrompts.map(({ text, weight }) => ({
          text,
          weight: weight === undefined ? NEGATIVE_WEIGHT : -weight,
        })),
      ],
      ...{ quality, size, seed },
      ...(start && { from: start.keep === undefined ? {} : { keep: start.keep } }),
    });
  } catch (cause) {
    throw cause instanceof ClipError ? badInput(cause.message, cause) : cause;
  }
}

/** It is embedded as well: what cannot be read is told at once. */
async function startImage({ loaders }: ModelSession, image: GivenImage): Promise<StartImage> {
  const source = await loaders.find(image);
  const { bytes } = await loaders.imageFile(source);
  return { bytes, source: shownSource('url' in source ? source.url : undefined) };
}

const badInput = (message: string, cause?: unknown): ApiError =>
  new ApiError('BAD_INPUT', message, { cause });
