import type { Limits } from '../../../limits/limits.ts';
import { MAX_PROMPT_CHARACTERS } from '../../../limits/texts.ts';
import {
  type Held,
  NO_TEXTS,
  type PriceScope,
  type TextAmount,
  textAmount,
} from '../prices/price.ts';

/** As many texts as any kept label set has. */
export function keptSets(labelSets: Pick<PriceScope['labelSets'], 'list'>): Held {
  const sets = labelSets.list();
  return {
    labels: sets.map(({ labels }) => textAmount(labels)).reduce(larger, NO_TEXTS),
    templates: sets.map(({ templates }) => textAmount(templates)).reduce(larger, NO_TEXTS),
  };
}

/** As many texts as a label set may have: which one it will be is known once the fields before have run. */
export function largestSet({ maxLabels, maxPrompts }: Limits): Held {
  return { labels: mostTexts(maxLabels), templates: mostTexts(maxPrompts) };
}

/** The most bytes of a character as JSON has it: `\u0000`. */
const BYTES_A_CHARACTER = 6;

const mostTexts = (count: number): TextAmount => ({
  ...longTexts(count, MAX_PROMPT_CHARACTERS),
  bytes: BYTES_A_CHARACTER * MAX_PROMPT_CHARACTERS,
});

/** Texts of so many characters each. */
export const longTexts = (count: number, characters: number): TextAmount => ({
  count,
  bytes: count * characters * BYTES_A_CHARACTER,
  longest: characters * BYTES_A_CHARACTER,
});

const larger = (a: TextAmount, b: TextAmount): TextAmount => ({
  count: Math.max(a.count, b.count),
  bytes: Math.max(a.bytes, b.bytes),
  longest: Math.max(a.longest, b.longest),
});
