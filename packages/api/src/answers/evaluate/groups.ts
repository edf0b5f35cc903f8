import { confusionFigures, confusionMatrix } from '@clipql/core';
import { highest, type ScoredImages } from './assess.ts';
import { compareValues } from './column-value.ts';
import type { GroupAccuracy, GroupFigures } from './evaluation.ts';

/**
 * Figures of each part of the pictures.
 *
 * @param values [N], what each picture has in the column.
 */
export function breakDown(
  values: readonly (string | undefined)[],
  zeroShot: ScoredImages,
  fewShot: ScoredImages | undefined,
): readonly GroupFigures[] {
  const members = Map.groupBy(values.keys(), (i) => values[i]);
  return [...members]
    .sort(([a], [b]) => (a === undefined ? 1 : b === undefined ? -1 : compareValues(a, b)))
    .map(([value, images]) => ({
      value,
      images: images.length,
      zeroShot: accuracyOf(zeroShot, images),
      fewShot: fewShot && accuracyOf(fewShot, images),
    }));
}

function accuracyOf({ logits, truths }: ScoredImages, images: readonly number[]): GroupAccuracy {
  const matrix = confusionMatrix(
    logits[0]!.length,
    images.map((i) => truths[i]!),
    images.map((i) => highest(logits[i]!)),
  );
  const { accuracy, balancedAccuracy } = confusionFigures(matrix)!;
  return { accuracy, balancedAccuracy };
}
