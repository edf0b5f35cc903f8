import type { JsonObject } from '../../json.ts';
import { NO_TOKEN, type Vocabulary } from '../vocabulary/vocabulary.ts';
import { byteTokens } from './byte-tokens.ts';
import { mergePairs } from './merge-pairs.ts';
import type { Merges } from './merges.ts';
import type { TokenModel } from './token-model.ts';

/** Byte-pair encoding as a `model` of `tokenizer.json` describes it. */
export interface BytePairOptions {
  /** Appended to a word's last character. */
  readonly suffix: string;
  readonly unknown: string | undefined;
  /** Whether unknown characters side by side are one unknown token. */
  readonly fuseUnknown: boolean;
  /** Whether unknown characters become their bytes. */
  readonly byteFallback: boolean;
  /** Whether a word that is a token is taken as it is. */
  readonly ignoreMerges: boolean;
}

export const bytePairOptions = (model: JsonObject): BytePairOptions => ({
  suffix: typeof model.end_of_word_suffix === 'string' ? model.end_of_word_suffix : '',
  unknown: typeof model.unk_token === 'string' ? model.unk_token : undefined,
  fuseUnknown: model.fuse_unk === true,
  byteFallback: model.byte_fallback === true,
  ignoreMerges: model.ignore_merges === true,
});

/**
 * Byte-pair encoding over tables of numbers: a string for each of SigLIP 2's 256,000 tokens and three for each
 * merge would take ten times as much memory.
 *
 * @see https://arxiv.org/abs/1508.07909
 */
export function bytePairModel(
  options: BytePairOptions,
  vocabulary: Vocabulary,
  merges: Merges,
): TokenModel {
  const { suffix, byteFallback, fuseUnknown, ignoreMerges } = options;
  const unknown = options.unknown === undefined ? NO_TOKEN : vocabulary.find(options.unknown);

  /** A character's token or tokens; none where it is unknown. */
  const tokensOf = (character: string): readonly number[] => {
    const token = vocabulary.find(character);
    if (token !== NO_TOKEN) return [token];
    return (byteFallback ? byteTokens(character, vocabulary) : undefined) ?? [];
  };

  const symbolsOf = (word: string): readonly number[] => {
    const symbols: number[] = [];
    const characters = Array.from(word);
    let wasUnknown = false;
    for (const [i, character] of characters.entries()) {
      const tokens = tokensOf(i === characters.length - 1 ? character + suffix : character);
      const isUnknown = tokens.length === 0;
      if (!isUnknown) symbols.push(...tokens);
      else if (unknown !== NO_TOKEN && !(wasUnknown && fuseUnknown)) symbols.push(unknown);
      wasUnknown = isUnknown;
    }
    return symbols;
  };

  return {
    encode: (word, ids) => {
      const whole = ignoreMerges ? vocabulary.find(word) : NO_TOKEN;
      if (whole !== NO_TOKEN) {
        ids.push(vocabulary.id(whole));
        return;
      }
      const tokens = mergePairs(symbolsOf(word), vocabulary, merges);
      for (const token of tokens) ids.push(vocabulary.id(token));
    },
    idOf: (token) => {
      const found = vocabulary.find(token);
      return found === NO_TOKEN ? undefined : vocabulary.id(found);
    },
    highestId: vocabulary.highestId,
  };
}
