import { meanDirection } from '@clipql/core';

/**
 * Nearest class mean: the class whose pictures have the mean direction that is nearest to an image. It knows no text.
 *
 * @returns the class with the highest cosine.
 */
export function nearestClassMean(
  embeddings: readonly Float32Array[],
  classes: readonly number[],
): (image: Float32Array) => number {
  const labels = [...new Set(classes)];
  const means = labels.map((label) =>
    meanDirection(embeddings.filter((_, i) => classes[i] === label)),
  );
  return (image) => {
    const cosines = means.map((mean) => mean.reduce((sum, value, e) => sum + value * image[e]!, 0));
    return labels[cosines.indexOf(Math.max(...cosines))]!;
  };
}
