import { ClipError } from '../errors.ts';
import type { ImageSource } from '../image/source/image-source.ts';

/** How much work goes into a picture. */
export const PICTURE_QUALITIES = ['DRAFT', 'STANDARD', 'FINE'] as const;
/** A quality of {@link PICTURE_QUALITIES}: 50, 150 or 400 steps. */
export type PictureQuality = (typeof PICTURE_QUALITIES)[number];

/** Steps of 16 views, by quality. */
export const PICTURE_STEPS: Readonly<Record<PictureQuality, number>> = {
  DRAFT: 50,
  STANDARD: 150,
  FINE: 400,
};

/** Pixels a side that a picture may have. */
export const PICTURE_SIDES = { least: 64, most: 1024, standard: 256 } as const;

/** How large weights of prompts may be, whatever their sign: what is beyond drowns all others, or vanishes. */
export const PICTURE_WEIGHTS = { least: 0.001, most: 1000 } as const;

/** A text that a picture should come closer to, or move away from if its weight is negative. */
export interface PicturePrompt {
  readonly text: string;
  /** 1 unless given. Its size is 0.001 to 1000. */
  readonly weight?: number;
}

/** What {@link createPicture} draws. */
export interface PictureOptions {
  /**
   * At least one with a positive weight. A plain text such as `a cityscape in the style of Van Gogh` counts as two,
   * what and how, so that neither drowns the other; as an object it is taken as it is.
   */
  readonly prompts: string | readonly (string | PicturePrompt)[];
  /** 0 to 2⁵³ − 1, 0 unless given. The same seed gives the same picture, by the same version of ClipQL. */
  readonly seed?: number;
  /** STANDARD unless given. */
  readonly quality?: PictureQuality;
  /** Pixels a side, 64 to 1024; 256 unless given. Pictures are square. */
  readonly size?: number;
  /** A picture to begin with rather than grey; the largest square in its middle counts. */
  readonly from?: StartPicture;
}

/** What a picture begins with. */
export interface StartPicture {
  readonly image: ImageSource;
  /** How firmly it is kept: 0 lets go of it, 1 changes nothing. 0.5 unless given. */
  readonly keep?: number;
}

/** {@link PictureOptions} as they count, checked and complete; the start picture's pixels aside. */
export interface PictureSettings {
  readonly prompts: readonly Required<PicturePrompt>[];
  readonly seed: number;
  readonly quality: PictureQuality;
  readonly size: number;
  /** How firmly the start picture is kept; null without one. */
  readonly keep: number | null;
}

/** {@link PictureOptions} before there is a start picture: it is known how firmly one will be kept. */
export type CheckedPictureOptions = Omit<PictureOptions, 'from'> & {
  readonly from?: Pick<StartPicture, 'keep'>;
};

/**
 * Checks options as {@link createPicture} does, before a model is loaded for them, or a start picture fetched.
 *
 * @returns all of them, those that were left out included.
 * @throws ClipError BAD_INPUT for options out of their range, naming them.
 * @example
 * ```ts
 * import { pictureSettings } from '@clipql/core';
 *
 * const { size, quality } = pictureSettings({ prompts: 'a sheep' });
 * console.log(size, quality); // 256 STANDARD
 * ```
 */
export function pictureSettings(options: CheckedPictureOptions): PictureSettings {
  const { seed = 0, quality = 'STANDARD', size = PICTURE_SIDES.standard, from } = options;
  const { least, most } = PICTURE_SIDES;
  const prompts = checkedPrompts(options.prompts);
  expectThat(
    Number.isSafeInteger(seed) && seed >= 0,
    `a seed of 0 to ${Number.MAX_SAFE_INTEGER}`,
    seed,
  );
  expectThat(
    PICTURE_QUALITIES.includes(quality),
    `quality ${PICTURE_QUALITIES.join(', ')}`,
    quality,
  );
  expectThat(
    Number.isInteger(size) && size >= least && size <= most,
    `a size of ${least} to ${most} pixels`,
    size,
  );
  if (from === undefined) return { prompts, seed, quality, size, keep: null };
  const { keep = 0.5 } = from;
  expectThat(keep >= 0 && keep <= 1, 'a start picture kept by 0 to 1', keep);
  return { prompts, seed, quality, size, keep };
}

function checkedPrompts(given: PictureOptions['prompts']): readonly Required<PicturePrompt>[] {
  const complete = [given]
    .flat()
    .flatMap((prompt) =>
      typeof prompt === 'string'
        ? contentAndStyle(prompt).map((text) => ({ text, weight: 1 }))
        : [{ weight: 1, ...prompt }],
    );
  for (const { text, weight } of complete) {
    expectThat(typeof text === 'string' && text.trim() !== '', 'a prompt with words', text);
    const { least, most } = PICTURE_WEIGHTS;
    const size = Math.abs(weight);
    expectThat(
      size >= least && size <= most,
      `a weight of ${least} to ${most} or −${most} to −${least} for ${JSON.stringify(text)}`,
      weight,
    );
  }
  expectThat(
    complete.some(({ weight }) => weight > 0),
    'a prompt with a positive weight',
    'none',
  );
  return complete;
}

/** A prompt as what it shows and how: two prompts, if it names a style. */
function contentAndStyle(prompt: string): readonly string[] {
  const parts = /^(.*\S)\s*,?\s+(in the style of\s.*\S)\s*$/is.exec(prompt);
  return parts === null ? [prompt] : parts.slice(1);
}

function expectThat(isSo: boolean, expected: string, got: unknown): void {
  if (!isSo) throw new ClipError('BAD_INPUT', `expected ${expected}, got ${got}`);
}
