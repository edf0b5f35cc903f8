import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import type { TextConfig } from '../config.ts';
import { ClipError } from '../errors.ts';
import { parseJsonObject } from '../json.ts';

/** A text as the model reads it. */
export interface TokenizedText {
  /** Token ids from the start token to the end token, at most `contextLength` of them. */
  readonly ids: readonly number[];
  /** Whether the text was too long for the context, so that its last tokens were dropped. */
  readonly truncated: boolean;
}

export interface Tokenizer {
  tokenize(text: string): TokenizedText;
}

/**
 * A model's tokenizer, from its `tokenizer.json`. What does not fit the context is cut and the end
 * token kept, as `clip.tokenize(truncate=True)` does.
 *
 * @param options `tokenizer_config.json`, where the model has one.
 * @throws ClipError MODEL_CONFIG_INVALID when the file is no tokenizer, or its ids do not fit the
 *   vocabulary of the model.
 */
export function createTokenizer(
  definition: Uint8Array,
  options: Uint8Array | undefined,
  config: Pick<TextConfig, 'contextLength' | 'vocabularySize'>,
): Tokenizer {
  const json = parseJsonObject(definition, 'tokenizer.json');
  const settings = options === undefined ? {} : parseJsonObject(options, 'tokenizer_config.json');
  let tokenizer: HuggingFaceTokenizer;
  try {
    tokenizer = new HuggingFaceTokenizer(json, settings);
    tokenizer.encode('a');
  } catch (cause) {
    throw new ClipError('MODEL_CONFIG_INVALID', 'tokenizer.json: not a usable tokenizer', {
      cause,
    });
  }
  checkVocabulary(tokenizer, config.vocabularySize);

  return {
    tokenize: (text) => {
      const { ids } = tokenizer.encode(text);
      if (ids.length <= config.contextLength) return { ids, truncated: false };
      const end = ids.at(-1)!;
      return { ids: [...ids.slice(0, config.contextLength - 1), end], truncated: true };
    },
  };
}

function checkVocabulary(tokenizer: HuggingFaceTokenizer, vocabularySize: number): void {
  let highest = -1;
  for (const id of tokenizer.get_vocab(true).values()) highest = Math.max(highest, id);
  if (highest >= vocabularySize) {
    throw new ClipError(
      'MODEL_CONFIG_INVALID',
      `tokenizer.json: expected ids below the model's vocab_size ${vocabularySize}, got ${highest}`,
    );
  }
}
