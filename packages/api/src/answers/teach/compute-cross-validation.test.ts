import { expect, test } from 'vitest';
import { computeCrossValidation } from './compute-cross-validation.ts';

/** At an angle, in degrees. */
const at = (degrees: number): Float32Array =>
  Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));

const training = (
  texts: readonly (Float32Array | undefined)[],
  pictures: readonly (readonly [degrees: number, place: number])[],
) => ({
  texts,
  examples: {
    embeddings: pictures.map(([degrees]) => at(degrees)),
    classes: pictures.map(([, place]) => place),
  },
  logitScale: 20,
});

test('a picture in the wrong class is a mistake, as the one that judges it has not learned from it', () => {
  const pictures = [
    ...[0, 4, 8, 12].map((degrees) => [degrees, 0] as const),
    ...[70, 74, 78, 82].map((degrees) => [degrees, 1] as const),
    [76, 0] as const,
  ];
  const found = computeCrossValidation(training([at(0), at(80)], pictures), 9);
  expect(found).toMatchObject({ folds: 9, isLeaveOneOut: true });
  expect(found.confusionMatrix).toEqual([
    [4, 1],
    [0, 4],
  ]);
  expect(found.accuracy.value).toBeCloseTo(8 / 9, 12);
  expect(found.mistakes).toMatchObject([{ example: 8, truth: 0, predicted: 1 }]);
  const [{ probability, truthProbability }] = found.mistakes as [(typeof found.mistakes)[0]];
  expect(probability + truthProbability).toBeCloseTo(1, 10);
});

test('the only picture of a class without texts cannot be recognised', () => {
  const pictures = [
    [0, 0],
    [5, 0],
    [80, 1],
  ] as const;
  const found = computeCrossValidation(training([undefined, undefined], pictures), 3);
  expect(found.confusionMatrix).toEqual([
    [2, 0],
    [1, 0],
  ]);
  expect(found.mistakes).toEqual([
    { example: 2, truth: 1, predicted: 0, probability: 1, truthProbability: 0 },
  ]);
});

test('a single picture is judged by the texts', () => {
  const found = computeCrossValidation(training([at(0), at(80)], [[5, 0]]), 1);
  expect(found).toMatchObject({ folds: 1, isLeaveOneOut: true, accuracy: { value: 1 } });
});

test('with fewer folds than pictures, no picture is judged by one of its fold', () => {
  const pictures = Array.from(
    { length: 12 },
    (_, i) => [i < 6 ? i : 60 + i, Number(i >= 6)] as const,
  );
  const found = computeCrossValidation(training([at(0), at(60)], pictures), 5);
  expect(found).toMatchObject({ folds: 5, isLeaveOneOut: false, accuracy: { value: 1 } });
});
