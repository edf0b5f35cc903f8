import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import type { Merges } from './merges.ts';
import { NumberHeap } from './number-heap.ts';

/** In place of a token that has been merged into the one before it. */
const MERGED = -2;
/** In place of a place, before the first and after the last. */
const NOWHERE = -1;
/** More than the places of any word. */
const PLACES = 2 ** 32;

/**
 * The tokens of a word by byte-pair encoding: of the pairs that stand side by side the one with the
 * lowest rank becomes one token, the leftmost of several, until none is left that may.
 *
 * @param symbols the tokens of the word's characters; anything else joins with nothing.
 * @see https://arxiv.org/abs/1508.07909
 */
export function mergePairs(
  symbols: readonly number[],
  vocabulary: Vocabulary,
  merges: Merges,
): readonly number[] {
  const tokens = Int32Array.from(symbols);
  const next = tokens.map((_, place) => (place + 1 < tokens.length ? place + 1 : NOWHERE));
  const previous = tokens.map((_, place) => place - 1);
  /** Rank × PLACES + the place of the left one; of pairs that may be gone, too. */
  const waiting = new NumberHeap();

  const rankAt = (place: number): number => {
    if (place === NOWHERE || tokens[place] === MERGED || next[place] === NOWHERE) return -1;
    return merges.rank(tokens[place]!, tokens[next[place]!]!);
  };
  const wait = (place: number): void => {
    const rank = rankAt(place);
    if (rank >= 0) waiting.push(rank * PLACES + place);
  };

  for (let place = 0; place < tokens.length; place++) wait(place);
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    const place = pair % PLACES;
    const rank = Math.floor(pair / PLACES);
    if (rankAt(place) !== rank) continue;
    const right = next[place]!;
    tokens[place] = vocabulary.findJoined(tokens[place]!, tokens[right]!);
    tokens[right] = MERGED;
    next[place] = next[right]!;
    if (next[place] !== NOWHERE) previous[next[place]!] = place;
    wait(previous[place]!);
    wait(place);
  }
  return Array.from(tokens.filter((token) => token !== MERGED));
}
