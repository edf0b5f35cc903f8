import type { JsonObject } from '../../json.ts';
import { mergePairs } from './merge-pairs.ts';
import type { Merges } from './merges.ts';
import { NO_TOKEN, type Vocabulary } from './vocabulary.ts';

/** What the library's tokenizer asks of its model: the tokens of words, and a token's id. */
export interface TokenModel {
  (words: readonly string[]): string[];
  readonly tokens_to_ids: { get(token: string): number | undefined };
  readonly unk_token_id: number | undefined;
}

/** Whether a `model` of `tokenizer.json` is byte-pair encoding without what no CLIP makes use of. */
export function isPlainBytePairs(model: JsonObject): boolean {
  const { type = 'BPE', byte_fallback, ignore_merges, fuse_unk, continuing_subword_suffix } = model;
  const special = [byte_fallback, ignore_merges, fuse_unk, continuing_subword_suffix];
  return type === 'BPE' && special.every((option) => !option);
}

/**
 * Byte-pair encoding over tables of numbers. The library's own keeps a string for each token and three
 * for each merge, ten times as much memory.
 *
 * @param model as {@link isPlainBytePairs} says; its vocabulary and merges are not looked at.
 * @param added ids of tokens that go before the vocabulary's.
 */
export function bytePairModel(
  model: JsonObject,
  vocabulary: Vocabulary,
  merges: Merges,
  added: ReadonlyMap<string, number>,
): TokenModel {
  const suffix = textOr(model.end_of_word_suffix, '');
  const unknown = textOr(model.unk_token, undefined);
  const idOf = (text: string): number | undefined => {
    const token = vocabulary.find(text);
    return token === NO_TOKEN ? undefined : vocabulary.id(token);
  };

  const charactersOf = (word: string): number[] => {
    const characters = Array.from(word);
    const last = characters.pop();
    if (last !== undefined) characters.push(last + suffix);
    return characters.map((character) => vocabulary.find(character));
  };

  const tokensOf = (words: readonly string[]): string[] => {
    const texts: string[] = [];
    for (const word of words) {
      for (const token of mergePairs(charactersOf(word), vocabulary, merges)) {
        const text = token === NO_TOKEN ? unknown : vocabulary.text(token);
        if (text !== undefined) texts.push(text);
      }
    }
    return texts;
  };

  return Object.assign(tokensOf, {
    tokens_to_ids: { get: (token: string) => added.get(token) ?? idOf(token) },
    unk_token_id: unknown === undefined ? undefined : idOf(unknown),
  });
}

const textOr = <Fallback>(value: unknown, fallback: Fallback): string | Fallback =>
  typeof value === 'string' ? value : fallback;
