import { quoted } from '../errors/one-line.ts';

/**
 * Tells of a text of which the model read the beginning alone.
 *
 * @param what it is, such as `label`.
 * @param contextLength the most tokens of a text.
 */
export const cutWarning = (what: string, text: string, contextLength: number): string =>
  `${what} ${quoted(text)} was longer than the context of ${contextLength} tokens and was cut`;
