import type { ClipTextConfig, SiglipTextConfig, TextConfig } from '../config/clip-config.ts';
import { ClipError, grouped } from '../errors.ts';

/**
 * A text's token ids as the text tower takes them: up to the end token where that is pooled and no token
 * sees a later one, else all of them, padding too.
 *
 * @throws ClipError BAD_INPUT for ids outside the vocabulary, for a number of ids that the context does not
 *   take, or for no end token where one is needed.
 */
export function towerIds(ids: readonly number[], config: TextConfig): readonly number[] {
  return config.tower === 'siglip' ? wholeContext(ids, config) : cutAfterEnd(ids, config);
}

/** Up to the end token, the one whose row becomes the embedding: those that follow change nothing. */
function cutAfterEnd(
  ids: readonly number[],
  { contextLength, vocabularySize, endToken }: ClipTextConfig,
): readonly number[] {
  if (ids.length === 0 || ids.length > contextLength) {
    throw new ClipError(
      'BAD_INPUT',
      `expected 1 to ${contextLength} tokens, got ${grouped(ids.length)}`,
    );
  }
  checkVocabulary(ids, vocabularySize);
  const end = ids.indexOf(endToken === 'highest' ? Math.max(...ids) : endToken);
  if (end === -1) {
    throw new ClipError('BAD_INPUT', `expected the end token ${endToken} among the ids, got none`);
  }
  return ids.slice(0, end + 1);
}

/** The last of exactly as many tokens becomes the embedding, and sees them all. */
function wholeContext(
  ids: readonly number[],
  { contextLength, vocabularySize }: SiglipTextConfig,
): readonly number[] {
  if (ids.length !== contextLength) {
    throw new ClipError(
      'BAD_INPUT',
      `expected ${contextLength} tokens, padding among them, got ${grouped(ids.length)}`,
    );
  }
  checkVocabulary(ids, vocabularySize);
  return ids;
}

function checkVocabulary(ids: readonly number[], vocabularySize: number): void {
  // By its place: what a tokenizer does not know may be undefined.
  const at = ids.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= vocabularySize);
  if (at === -1) return;
  throw new ClipError('BAD_INPUT', `expected token ids below ${vocabularySize}, got ${ids[at]}`);
}
