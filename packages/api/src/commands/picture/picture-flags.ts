import { extname } from 'node:path';
import {
  ClipError,
  PICTURE_QUALITIES,
  type PictureOptions,
  type PicturePrompt,
  type PictureQuality,
  pictureSettings,
} from '@clipql/core';
import { ApiError } from '../../errors/api-error.ts';
import { NEGATIVE_WEIGHT } from '../../pictures/negative-weight.ts';
import type { Flags } from '../../settings/settings.ts';

export interface PictureFlags extends Flags {
  readonly out?: string;
  readonly gif?: string;
  readonly from?: string;
  readonly keep?: string;
  readonly seed?: string;
  readonly quality?: string;
  readonly size?: string;
  readonly negative?: readonly string[];
  readonly weight?: readonly string[];
  readonly overwrite?: true;
  /** False with `--no-preview`. */
  readonly preview?: boolean;
  readonly quiet?: true;
}

/**
 * What is to be drawn, but for the start picture.
 *
 * @throws ApiError BAD_OPTION for what is no number or quality or out of its range, and for weights that are not
 *   one for each prompt.
 */
export function pictureOptions(
  prompts: readonly string[],
  { weight, negative = [], seed, quality, size }: PictureFlags,
): PictureOptions {
  const away = negative.map((text): PicturePrompt => ({ text, weight: NEGATIVE_WEIGHT }));
  const options = {
    prompts: [...weighted(prompts, weight), ...away],
    ...(seed !== undefined && { seed: numberOf('--seed', seed) }),
    ...(size !== undefined && { size: numberOf('--size', size) }),
    ...(quality !== undefined && { quality: qualityOf(quality) }),
  };
  try {
    pictureSettings(options);
  } catch (cause) {
    if (cause instanceof ClipError) throw new ApiError('BAD_OPTION', cause.message, { cause });
    throw cause;
  }
  return options;
}

/** @throws ApiError BAD_OPTION for what is not 0 to 1, and without a picture to keep. */
export function keepOf({ from, keep }: PictureFlags): number | undefined {
  if (keep === undefined) return undefined;
  if (from === undefined) {
    throw new ApiError('BAD_OPTION', 'expected --from with --keep, got none');
  }
  const value = numberOf('--keep', keep);
  if (value >= 0 && value <= 1) return value;
  throw new ApiError('BAD_OPTION', `expected --keep 0 to 1, got ${keep}`);
}

/** @throws ApiError BAD_OPTION for a name without the ending. */
export function outputOf(flag: string, name: string | undefined, ending: string): string {
  if (name !== undefined && extname(name).toLowerCase() === ending) return name;
  throw new ApiError('BAD_OPTION', `expected ${flag} FILE${ending}, got ${name ?? 'none'}`);
}

function numberOf(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new ApiError('BAD_OPTION', `expected a number for ${flag}, got ${JSON.stringify(text)}`);
}

function weighted(
  prompts: readonly string[],
  weights: readonly string[] | undefined,
): readonly (string | PicturePrompt)[] {
  if (weights === undefined) return prompts;
  if (weights.length !== prompts.length) {
    throw new ApiError(
      'BAD_OPTION',
      `expected a --weight for each of ${prompts.length} prompts, got ${weights.length}`,
    );
  }
  return prompts.map((text, i) => ({ text, weight: numberOf('--weight', weights[i]!) }));
}

function qualityOf(text: string): PictureQuality {
  const quality = PICTURE_QUALITIES.find((one) => one === text.toUpperCase());
  if (quality !== undefined) return quality;
  const known = PICTURE_QUALITIES.join(', ').toLowerCase();
  throw new ApiError('BAD_OPTION', `expected --quality ${known}, got ${JSON.stringify(text)}`);
}
