import { classifyEmbeddings, normalized } from '@clipql/core';
import { describe, expect, test } from 'vitest';
import { seededNormal } from '../../../../core/src/testing/seeded.ts';
import { inTurn } from '../in-turn.ts';
import { computeFigures, type FiguresRequest } from './compute-figures.ts';
import type { Figures } from './evaluation.ts';
import { figuresInThread } from './figures-thread.ts';
import { distinctImages, type LabelledImage } from './labelled-images.ts';

const WIDTH = 24;
const LOGIT_SCALE = 20;
/** Of three classes; the last two look alike to the text tower, and differ in pictures. */
const SIZES = [30, 30, 12];

const noise = (seed: number, scale: number) =>
  seededNormal(WIDTH, seed).map((value) => scale * value);
const around = (centre: Float32Array, seed: number, scale: number) =>
  normalized(noise(seed, scale).map((value, i) => value + centre[i]!));

const centres = [1, 2, 3].map((seed) => normalized(noise(seed, 1)));
const texts = [
  centres[0]!,
  centres[1]!,
  normalized(centres[1]!.map((value, i) => value - 0.1 * centres[2]![i]!)),
];
const truths = SIZES.flatMap((size, k) => Array<number>(size).fill(k));
const images = truths.map((k, i) => around(centres[k]!, 100 + i, 0.15));

const packed = (embeddings: readonly Float32Array[]) =>
  Float32Array.from(embeddings.flatMap((embedding) => [...embedding]));

const request = (changes: Partial<FiguresRequest> = {}): FiguresRequest => ({
  embeddings: packed(images),
  truths,
  // Two templates, the first of which was asked for; the second mixes classes up.
  prompts: texts.map((text, k) => [[text, around(text, 60 + k, 0.3)]]),
  templates: 1,
  candidates: [0, 1],
  logitScale: LOGIT_SCALE,
  folds: 5,
  shots: [1, 4],
  columns: [],
  ...changes,
});

const figures = computeFigures(request());

test('zero-shot answers are those of classify, on every picture', () => {
  const names = ['a', 'b', 'c'];
  const options = { mode: 'softmax', logitScale: LOGIT_SCALE } as const;
  const right = images.map(
    (image, i) => classifyEmbeddings(image, names, texts, options).best.label === names[truths[i]!],
  );
  const { accuracy, confusionMatrix, mistakes } = figures.zeroShot;
  expect(accuracy.value).toBe(right.filter(Boolean).length / right.length);
  expect(confusionMatrix.map((row) => row.reduce((a, b) => a + b, 0))).toEqual(SIZES);
  for (const { image, truth, predicted, probability } of mistakes) {
    expect(right[image]).toBe(false);
    const { best } = classifyEmbeddings(images[image]!, names, texts, options);
    expect([names[truth], names[predicted]]).toEqual([names[truths[image]!], best.label]);
    expect(probability).toBeCloseTo(best.probability!, 6);
  }
  const sure = mistakes.map(({ probability }) => probability);
  expect(sure).toEqual(sure.toSorted((a, b) => b - a));
});

test('a few pictures tell apart what texts do not, by pictures that were not learned from', () => {
  const { fewShot, zeroShot } = figures;
  expect(zeroShot.classes[2]!.recall!.value).toBeLessThan(0.8);
  expect(fewShot!.levels.map(({ shots }) => shots)).toEqual([1, 4]);
  expect(fewShot!.assessment.balancedAccuracy.value).toBeGreaterThan(
    zeroShot.balancedAccuracy.value + 0.1,
  );
});

// A picture that was learned from would give its label away; here labels are drawn at random.
test.each([5, Number.POSITIVE_INFINITY])(
  'labels that mean nothing are no better than chance in %d folds',
  (folds) => {
    const drawn = seededNormal(images.length, 9).map((value) => (value > 0 ? 1 : 0));
    const same = around(centres[0]!, 1, 0);
    const { fewShot } = computeFigures(
      request({
        truths: [...drawn],
        prompts: [[[same, same]], [[same, same]]],
        embeddings: packed(truths.map((_, i) => around(centres[0]!, 900 + i, 0.4))),
        folds,
        shots: [4],
        candidates: [],
      }),
    );
    expect(fewShot!.isLeaveOneOut).toBe(folds > 5);
    expect(fewShot!.assessment.accuracy.low).toBeLessThan(0.5);
  },
);

test('levels go no further than the largest class has pictures to learn from', () => {
  const { fewShot } = computeFigures(request({ shots: [1, 16, 100, 1000], candidates: [] }));
  expect(fewShot!.levels.map(({ shots }) => shots)).toEqual([1, 16, 24]);
});

test('templates are tried one by one and together, and the best is chosen on other folds than it is judged by', () => {
  const { own, candidates, ensemble, chosenByFolds, images: count } = figures.templates!;
  expect(count).toBe(images.length);
  expect(candidates[0]).toMatchObject({ accuracy: own, gained: 0, lost: 0 });
  for (const { accuracy, gained, lost } of [...candidates, ensemble]) {
    expect(accuracy.value).toBeCloseTo(own.value + (gained - lost) / count, 12);
  }
  const best = Math.max(
    own.value,
    ensemble.accuracy.value,
    ...candidates.map((one) => one.accuracy.value),
  );
  expect(chosenByFolds!.value).toBeLessThanOrEqual(best);
});

test('temperature mends probabilities that are too sure, judged by folds that it was not found on', () => {
  const { calibration } = computeFigures(
    request({ logitScale: 200, shots: [], candidates: [] }),
  ).zeroShot;
  expect(calibration.temperature).toBeGreaterThan(2);
  expect(calibration.after!.negativeLogLikelihood).toBeLessThan(
    calibration.before.negativeLogLikelihood,
  );
  expect(calibration.after!.expectedError).toBeLessThan(calibration.before.expectedError);
});

test('groups have their own figures, by value, those without one last', () => {
  const values = truths.map((_, i) => (i % 3 === 0 ? undefined : `${(i % 3) * 9}`));
  const { breakdowns } = computeFigures(request({ columns: [{ name: 'age', values }] }));
  const [{ groups }] = breakdowns as [Figures['breakdowns'][number]];
  expect(groups.map(({ value, images }) => [value, images])).toEqual([
    ['9', 24],
    ['18', 24],
    [undefined, 24],
  ]);
  const mean = groups.reduce((sum, one) => sum + one.zeroShot.accuracy.value * one.images, 0);
  expect(mean / images.length).toBeCloseTo(figures.zeroShot.accuracy.value, 12);
  expect(groups.every(({ fewShot }) => fewShot !== undefined)).toBe(true);
});

describe('what cannot be said is not said', () => {
  test('one picture: no folds, no few-shot, and an interval that admits it', () => {
    const { zeroShot, fewShot, templates } = computeFigures(
      request({ embeddings: packed(images.slice(0, 1)), truths: [0] }),
    );
    expect(fewShot).toBeUndefined();
    expect(zeroShot.calibration.after).toBeUndefined();
    expect(templates!.chosenByFolds).toBeUndefined();
    expect(zeroShot.accuracy.high - zeroShot.accuracy.low).toBeGreaterThan(0.7);
    expect(zeroShot.classes[1]!.recall).toBeUndefined();
  });

  test('a class with one picture is judged by its text, and by nothing that has seen the picture', () => {
    const { fewShot } = computeFigures(
      request({ embeddings: packed(images.slice(0, 31)), truths: truths.slice(0, 31) }),
    );
    expect(fewShot!.assessment.classes[1]!.images).toBe(1);
    expect(Number.isFinite(fewShot!.assessment.accuracy.value)).toBe(true);
  });
});

test('a thread computes the same, and ends when nobody waits', async () => {
  const { signal } = new AbortController();
  expect(await figuresInThread(request(), signal)).toEqual(figures);
  const gone = new AbortController();
  const waiting = figuresInThread(request(), gone.signal);
  gone.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
});

test('a file counts once, and not at all if it is in two classes', () => {
  const image = (name: string, contentHash: string, truth: number): LabelledImage => ({
    ...{ name, contentHash, truth },
    embedding: images[0]!,
    groups: [],
  });
  const {
    images: kept,
    repeated,
    contradictory,
  } = distinctImages([
    image('b', 'x', 0),
    image('a', 'q', 1),
    image('c', 'x', 0),
    image('d', 'y', 0),
    image('e', 'y', 2),
    image('f', 'y', 0),
  ]);
  expect(kept.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(repeated).toEqual([{ name: 'c', of: 'b' }]);
  expect(contradictory).toEqual([{ names: ['d', 'e', 'f'], classes: [0, 2] }]);
});

test('evaluations take turns, a few may wait, and one that is given up lets the next in', async () => {
  const { signal } = new AbortController();
  const gone = new AbortController();
  const began: number[] = [];
  const first = Promise.withResolvers<void>();
  const turns = Array.from({ length: 8 }, (_, i) =>
    inTurn(i === 1 ? gone.signal : signal, async () => {
      began.push(i);
      if (i === 0) await first.promise;
    }),
  );
  await expect(inTurn(signal, async () => {})).rejects.toMatchObject({ code: 'OVERLOADED' });
  expect(began).toEqual([0]);
  gone.abort(new Error('gone'));
  await expect(turns[1]).rejects.toThrow('gone');
  first.resolve();
  await Promise.allSettled(turns);
  expect(began).toEqual([0, 2, 3, 4, 5, 6, 7]);
  expect(await inTurn(signal, async () => 'done')).toBe('done');
});
