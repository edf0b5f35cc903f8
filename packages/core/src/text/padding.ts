import type { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { ClipError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';

/**
 * The id that a text tower of fixed length is filled up with: that of `pad_token`.
 *
 * @param settings `tokenizer_config.json`.
 * @throws ClipError MODEL_CONFIG_INVALID where there is no such token.
 */
export function paddingId(tokenizer: HuggingFaceTokenizer, settings: JsonObject): number {
  const given = settings.pad_token;
  const token = isJsonObject(given) ? given.content : given;
  const id = typeof token === 'string' ? tokenizer.token_to_id(token) : undefined;
  if (id !== undefined) return id;
  throw new ClipError(
    'MODEL_CONFIG_INVALID',
    `tokenizer_config.json: pad_token: expected a token of the vocabulary, got ${JSON.stringify(given)}`,
  );
}

/** Ids filled up on the right to `length`. */
export const padded = (ids: readonly number[], length: number, id: number): readonly number[] => [
  ...ids,
  ...new Array<number>(length - ids.length).fill(id),
];
