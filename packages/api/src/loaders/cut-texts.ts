import { shorten } from '../errors/one-line.ts';

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
