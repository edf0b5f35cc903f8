import { NO_TOKEN, type Vocabulary } from '../vocabulary/vocabulary.ts';
import { byteTokens } from './byte-tokens.ts';
import type { TokenModel } from './token-model.ts';

/** How much less likely than the least likely token an unknown character is, in sentencepiece. */
const UNKNOWN_PENALTY = 10;

export interface UnigramOptions {
  /** The unknown token's id. */
  readonly unknown: number | undefined;
  /** Whether what is unknown becomes its bytes. */
  readonly byteFallback: boolean;
}

/**
 * The unigram language model: of all ways to split a word into tokens the most likely, found by Viterbi's
 * algorithm. Characters that no token has are unknown, and those side by side are one token.
 *
 * @param scores logarithms of the tokens' probabilities; a token's number is its id.
 * @see https://arxiv.org/abs/1804.10959
 */
export function unigramModel(
  { unknown, byteFallback }: UnigramOptions,
  vocabulary: Vocabulary,
  scores: Float64Array,
): TokenModel {
  const unknownScore =
    scores.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY) - UNKNOWN_PENALTY;

  /** Where the best token that ends at each place starts, and which it is; unknown ones are NO_TOKEN. */
  const bestPath = (units: Uint16Array) => {
    const starts = new Int32Array(units.length + 1).fill(-1);
    const tokens = new Int32Array(units.length + 1).fill(NO_TOKEN);
    const best = new Float64Array(units.length + 1);
    const offer = (start: number, end: number, token: number, score: number): void => {
      const total = best[start]! + score;
      if (starts[end] !== -1 && total <= best[end]!) return;
      best[end] = total;
      starts[end] = start;
      tokens[end] = token;
    };
    for (let start = 0; start < units.length; ) {
      const next = start + unitsAt(units, start);
      let isKnown = false;
      vocabulary.eachPrefix(units, start, (token, length) => {
        isKnown ||= start + length === next;
        offer(start, start + length, token, scores[token]!);
      });
      if (!isKnown) offer(start, next, NO_TOKEN, unknownScore);
      start = next;
    }
    return { starts, tokens };
  };

  const pushUnknown = (text: string, ids: number[]): void => {
    const token = vocabulary.find(text);
    const bytes = byteFallback && token === NO_TOKEN ? byteTokens(text, vocabulary) : undefined;
    if (token !== NO_TOKEN) ids.push(token);
    else if (bytes !== undefined) ids.push(...bytes);
    else if (unknown !== undefined) ids.push(unknown);
  };

  return {
    encode: (word, ids) => {
      const units = Uint16Array.from({ length: word.length }, (_, i) => word.charCodeAt(i));
      const { starts, tokens } = bestPath(units);
      const ends: number[] = [];
      for (let end = units.length; end > 0; end = starts[end]!) ends.push(end);
      let unknownFrom = -1;
      for (const end of ends.reverse()) {
        const token = tokens[end]!;
        const isUnknown = token === NO_TOKEN || token === unknown;
        if (isUnknown && unknownFrom === -1) unknownFrom = starts[end]!;
        if (isUnknown) continue;
        if (unknownFrom !== -1) pushUnknown(word.slice(unknownFrom, starts[end]), ids);
        unknownFrom = -1;
        ids.push(token);
      }
      if (unknownFrom !== -1) pushUnknown(word.slice(unknownFrom), ids);
    },
    idOf: (token) => {
      const found = vocabulary.find(token);
      return found === NO_TOKEN ? undefined : found;
    },
    highestId: scores.length - 1,
  };
}

/** UTF-16 code units of the character there. */
function unitsAt(units: Uint16Array, place: number): number {
  const isHigh = (units[place]! & 0xfc00) === 0xd800;
  return isHigh && (units[place + 1]! & 0xfc00) === 0xdc00 ? 2 : 1;
}
