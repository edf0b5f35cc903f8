import { ClipError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';

/** The id of a special token, which is a text or an object with one. */
export type IdOf = (token: unknown) => number | undefined;

/**
 * The id that a text tower of fixed length is filled up with: that of `pad_token`, else the one that
 * `tokenizer.json` pads with, else that of `<pad>`.
 *
 * @param tokenizer `tokenizer.json`.
 * @param settings `tokenizer_config.json`.
 * @throws ClipError MODEL_CONFIG_INVALID where there is no such token.
 */
export function paddingId(tokenizer: JsonObject, settings: JsonObject, idOf: IdOf): number {
  const given = settings.pad_token;
  const padding = isJsonObject(tokenizer.padding) ? tokenizer.padding.pad_id : undefined;
  const otherwise = typeof padding === 'number' ? padding : idOf('<pad>');
  const id = given === undefined || given === null ? otherwise : idOf(given);
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
