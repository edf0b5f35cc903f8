import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import type { ClipTextConfig, SiglipTextConfig } from '../config/clip-config.ts';
import { ClipError } from '../errors.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../json.ts';
import { readMerges, readVocabulary, splitDefinition } from './byte-pairs/definition.ts';
import { bytePairModel, isPlainBytePairs } from './byte-pairs/model.ts';
import { padded, paddingId } from './padding.ts';

const FILE = 'tokenizer.json';

/** A text as the model reads it. */
export interface TokenizedText {
  /**
   * Token ids, at most `contextLength` of them, the end token last; or exactly as many, with padding after
   * it, where the text tower has a fixed length.
   */
  readonly ids: readonly number[];
  /** Whether the text was too long for the context, so that its last tokens were dropped. */
  readonly truncated: boolean;
}

/** What a tokenizer has to know of the text tower. */
type TokenizerConfig =
  | Pick<ClipTextConfig, 'contextLength' | 'vocabularySize' | 'endToken'>
  | Pick<SiglipTextConfig, 'tower' | 'contextLength' | 'vocabularySize'>;

export interface Tokenizer {
  tokenize(text: string): TokenizedText;
}

/**
 * A model's tokenizer, from its `tokenizer.json`. What does not fit the context is cut and the end
 * token kept, as `clip.tokenize(truncate=True)` does. For a text tower of fixed length, shorter texts are
 * padded.
 *
 * @param options `tokenizer_config.json`, where the model has one.
 * @throws ClipError MODEL_CONFIG_INVALID when the file is no tokenizer, its texts do not end with the
 *   model's end token, or its ids do not fit the vocabulary of the model.
 */
export function createTokenizer(
  definition: Uint8Array,
  options: Uint8Array | undefined,
  config: TokenizerConfig,
): Tokenizer {
  const settings = options === undefined ? {} : parseJsonObject(options, 'tokenizer_config.json');
  const { tokenizer, highestId } =
    bytePairTokenizer(definition, settings) ?? anyTokenizer(definition, settings);
  checkVocabulary(highestId, config.vocabularySize);
  if ('endToken' in config) checkEnd(tokenizer, config.endToken);
  const pad = 'endToken' in config ? undefined : paddingId(tokenizer, settings);

  return {
    tokenize: (text) => {
      const { ids } = tokenizer.encode(text);
      if (ids.length <= config.contextLength) {
        const whole = pad === undefined ? ids : padded(ids, config.contextLength, pad);
        return { ids: whole, truncated: false };
      }
      const end = ids.at(-1)!;
      return { ids: [...ids.slice(0, config.contextLength - 1), end], truncated: true };
    },
  };
}

interface LoadedTokenizer {
  readonly tokenizer: HuggingFaceTokenizer;
  readonly highestId: number;
}

/** Byte-pair encoding, which all of OpenAI's models have; undefined for another kind. */
function bytePairTokenizer(
  definition: Uint8Array,
  settings: JsonObject,
): LoadedTokenizer | undefined {
  const parts = splitDefinition(definition);
  if (parts === undefined) return undefined;
  const json = parseJsonObject(parts.rest, FILE);
  const { model } = json;
  if (!isJsonObject(model) || !isPlainBytePairs(model)) return undefined;
  const tokenizer = construct(json, settings);
  const vocabulary = readVocabulary(definition, parts.vocab);
  const merges = readMerges(definition, parts.merges, vocabulary);
  // The library knows the added tokens alone, as there were no others for it to read.
  const added: ReadonlyMap<string, number> = tokenizer.model.tokens_to_ids;
  tokenizer.model = bytePairModel(model, vocabulary, merges, added);
  return { tokenizer, highestId: Math.max(vocabulary.highestId, ...added.values()) };
}

function anyTokenizer(definition: Uint8Array, settings: JsonObject): LoadedTokenizer {
  const tokenizer = construct(parseJsonObject(definition, FILE), settings);
  let highestId = -1;
  for (const id of tokenizer.get_vocab(true).values()) highestId = Math.max(highestId, id);
  return { tokenizer, highestId };
}

const construct = (json: JsonObject, settings: JsonObject): HuggingFaceTokenizer =>
  usable(() => new HuggingFaceTokenizer(json, settings));

function usable<Result>(use: () => Result): Result {
  try {
    return use();
  } catch (cause) {
    throw invalid('not a usable tokenizer', cause);
  }
}

function checkVocabulary(highestId: number, vocabularySize: number): void {
  if (highestId < vocabularySize) return;
  throw invalid(`expected ids below the model's vocab_size ${vocabularySize}, got ${highestId}`);
}

/** The model takes a text's embedding at its last token: one that each text ends with, whatever is in it. */
function checkEnd(tokenizer: HuggingFaceTokenizer, endToken: ClipTextConfig['endToken']): void {
  const idsOf = (text: string): readonly (number | undefined)[] =>
    usable(() => tokenizer.encode(text).ids);
  const ids = idsOf('a');
  const last = ids.at(-1);
  const alike = last !== undefined && last === idsOf('').at(-1);
  const highest = ids.every((id) => id !== undefined && id <= last!);
  if (alike && (endToken === 'highest' ? highest : last === endToken)) return;
  const expected = endToken === 'highest' ? 'the highest id' : `id ${endToken}`;
  const got = ids.slice(0, 8).map(String).join(', ');
  throw invalid(
    `expected each text to end with an end-of-text token of ${expected}, got the ids ${got} of "a"`,
  );
}

const invalid = (problem: string, cause?: unknown): ClipError =>
  new ClipError('MODEL_CONFIG_INVALID', `${FILE}: ${problem}`, { cause });
