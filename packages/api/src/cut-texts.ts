import { shorten } from './errors.ts';

/** A text, or as much of it as a line has room for. */
export const shown = (text: string): string => JSON.stringify(shorten(text, 60));

/**
 * Tells of a text of which the model read the beginning alone.
 *
 * @param what it is, such as `label`.
 * @param contextLength the most tokens of a text.
 */
export const cutWarning = (what: string, text: string, contextLength: number): string =>
  `${what} ${shown(text)} was longer than the context of ${contextLength} tokens and was cut`;

/** A header is to stay far below what clients take. */
const MOST_PLACES = 100;

/** A header that names the places of texts that were cut, from 0; none where there are none. */
export function cutHeader(name: string, places: readonly number[]): Record<string, string> {
  if (places.length === 0) return {};
  const more = places.length > MOST_PLACES ? ', ...' : '';
  return { [name]: `${places.slice(0, MOST_PLACES).join(', ')}${more}` };
}
