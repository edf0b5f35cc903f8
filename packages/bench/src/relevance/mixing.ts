import { type CollectionSpread, mixTerms, scoreItem } from '@clipql/core';
import type { MixingBalance } from '../kit/reports/relevance-report.ts';

/** Pairs of a word and an image that are mixed. */
const PAIRS = 50;

/** Embeddings of a set, with the items' levels. */
interface Mixable {
  readonly texts: readonly Float32Array[];
  readonly images: readonly Float32Array[];
  readonly levels: Float32Array;
  readonly spread: CollectionSpread;
}

/**
 * How much a word and an image that are mixed half and half each say about the order of the items: the correlation
 * of the mixed scores with those of each alone, averaged over pairs of any word with any image.
 */
export function mixingBalance(set: Mixable): { plain: MixingBalance; centered: MixingBalance } {
  const pairs = Array.from({ length: PAIRS }, (_, i) => ({
    text: set.texts[(i * 7) % set.texts.length]!,
    image: set.images[Math.floor(((i + 0.5) * set.images.length) / PAIRS)]!,
  }));
  const rows = pairs.map(({ text, image }) => ({
    plain: plain(set, text, image),
    centered: centered(set, text, image),
  }));
  return {
    plain: meanBalance(rows.map((row) => row.plain)),
    centered: meanBalance(rows.map((row) => row.centered)),
  };
}

/** The embeddings added up as they are. */
function plain({ images }: Mixable, text: Float32Array, image: Float32Array): MixingBalance {
  const cosines = (query: Float32Array) =>
    images.map((item) => item.reduce((sum, value, i) => sum + value * query[i]!, 0));
  return balance(cosines(text.map((value, i) => value + image[i]!)), cosines(text), cosines(image));
}

function centered(set: Mixable, text: Float32Array, image: Float32Array): MixingBalance {
  const textTerm = { weight: 1, kind: 'text', embedding: text } as const;
  const imageTerm = { weight: 1, kind: 'image', embedding: image } as const;
  const [mixed, textAlone, imageAlone] = [[textTerm, imageTerm], [textTerm], [imageTerm]].map(
    (terms) => {
      const query = mixTerms(terms, set.spread);
      return set.images.map((item, i) => scoreItem(query, item, set.levels[i]!));
    },
  );
  return balance(mixed!, textAlone!, imageAlone!);
}

const balance = (
  mixed: readonly number[],
  text: readonly number[],
  image: readonly number[],
): MixingBalance => ({ text: correlation(mixed, text), image: correlation(mixed, image) });

/** The mean of balances. */
export const meanBalance = (balances: readonly MixingBalance[]): MixingBalance => ({
  text: balances.reduce((sum, { text }) => sum + text, 0) / balances.length,
  image: balances.reduce((sum, { image }) => sum + image, 0) / balances.length,
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const centeredOf = (values: readonly number[]) => {
    const middle = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - middle);
  };
  const [x, y] = [centeredOf(a), centeredOf(b)];
  const product = x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return product / (Math.hypot(...x) * Math.hypot(...y) || 1);
}
