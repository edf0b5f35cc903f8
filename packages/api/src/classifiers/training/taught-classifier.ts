import { type LinearProbe, meanDirection } from '@clipql/core';
import type { TrainingSet } from '../classifier.ts';

/** What a classifier knows, ready to answer. */
export interface TaughtClassifier {
  /**
   * [classes][E], of length 1: a class's texts, or the mean of its pictures where it has no texts. What an
   * image's cosines are with.
   */
  readonly directions: readonly Float32Array[];
  /** Undefined without pictures: the classes' texts alone decide, as labels do. */
  readonly probe: LinearProbe | undefined;
}

/** One for each class. Each has texts or pictures. */
export function directionsOf({ texts, examples }: TrainingSet): readonly Float32Array[] {
  return texts.map(
    (text, place) =>
      text ?? meanDirection(examples.embeddings.filter((_, i) => examples.classes[i] === place)),
  );
}

/** Bytes that it takes in memory. */
export const bytesOf = ({ directions, probe }: TaughtClassifier): number => {
  const dimensions = directions[0]?.byteLength ?? 0;
  return directions.length * dimensions * (probe === undefined ? 1 : 3);
};
