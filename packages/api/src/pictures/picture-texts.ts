import type { GuidedPicture } from '@clipql/core';
import { isDataUrl } from '../images/data-url.ts';
import { UPLOAD } from '../images/source-name.ts';

/** What a picture's file says of how it was drawn. */
export interface DrawnBy {
  readonly picture: Pick<GuidedPicture, 'settings' | 'steps' | 'recipe'>;
  readonly models: readonly string[];
  /** Where the start image came from, as {@link shownSource} has it; undefined without one. */
  readonly from: string | undefined;
  /** Of ClipQL. */
  readonly version: string;
}

/** The texts of a picture's PNG, by keyword. */
export function pictureTexts({
  picture: { settings, steps, recipe },
  models,
  from,
  version,
}: DrawnBy): Readonly<Record<string, string>> {
  const title = settings.prompts.filter(({ weight }) => weight > 0).map(({ text }) => text);
  const drawn = { ...settings, steps, models, recipe, ...(from !== undefined && { from }) };
  return {
    Title: title.join(', '),
    Software: `ClipQL ${version}`,
    Comment: JSON.stringify(drawn),
  };
}

/**
 * Where an image came from, for everyone to read: a path, or a URL without what may let others in, which is its user,
 * password and query.
 *
 * @param given undefined for bytes.
 */
export function shownSource(given: string | undefined): string {
  if (given === undefined || isDataUrl(given)) return UPLOAD;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:'
    ? url.origin + url.pathname
    : given;
}
