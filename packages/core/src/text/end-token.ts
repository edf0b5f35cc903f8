import type { TextConfig } from '../config/clip-config.ts';
import { ClipError } from '../errors.ts';

/**
 * A text's token ids up to its end token, the one whose row becomes the embedding. No token sees a
 * later one, so those that follow change nothing.
 *
 * @throws ClipError BAD_INPUT for no ids, ids outside the vocabulary, more than the context holds,
 *   or no end token among them.
 */
export function cutAfterEnd(
  ids: readonly number[],
  { contextLength, vocabularySize, endToken }: TextConfig,
): readonly number[] {
  if (ids.length === 0 || ids.length > contextLength) {
    throw new ClipError('BAD_INPUT', `expected 1 to ${contextLength} tokens, got ${ids.length}`);
  }
  const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabularySize);
  if (wrong !== undefined) {
    throw new ClipError('BAD_INPUT', `expected token ids below ${vocabularySize}, got ${wrong}`);
  }
  const end = ids.indexOf(endToken === 'highest' ? Math.max(...ids) : endToken);
  if (end === -1) {
    throw new ClipError('BAD_INPUT', `expected the end token ${endToken} among the ids, got none`);
  }
  return ids.slice(0, end + 1);
}
