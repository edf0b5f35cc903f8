import { expect, test } from 'vitest';
import { type ClassifyMode, classifyEmbeddings } from './classify.ts';

const image = Float32Array.of(0.6, 0.8);
const labels = ['cat', 'dog', 'ship'];
const embeddings = [Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(-0.6, -0.8)];
const classify = (mode: ClassifyMode) =>
  classifyEmbeddings(image, labels, embeddings, { mode, logitScale: 10 });

test('the logit is the scale times the cosine, and the best label has the highest cosine', () => {
  const { best, scores } = classify('softmax');
  expect(best.label).toBe('dog');
  expect(scores.map(({ label }) => label)).toEqual(labels);
  [0.6, 0.8, -1].forEach((cosine, i) => {
    expect(scores[i]!.cosine).toBeCloseTo(cosine, 6);
    expect(scores[i]!.logit).toBeCloseTo(10 * cosine, 5);
  });
});

test('the logit bias is added to each logit', () => {
  const options = { mode: 'sigmoid', logitScale: 10, logitBias: -9.5 } as const;
  const { scores } = classifyEmbeddings(image, labels, embeddings, options);
  [-3.5, -1.5, -19.5].forEach((logit, i) => {
    expect(scores[i]!.logit).toBeCloseTo(logit, 5);
    expect(scores[i]!.probability).toBeCloseTo(1 / (1 + Math.exp(-logit)), 6);
  });
});

test('softmax shares one among the labels, also where exp of a logit would overflow', () => {
  const e = [6, 8, -10].map(Math.exp);
  const sum = e.reduce((a, b) => a + b, 0);
  classify('softmax').scores.forEach(({ probability }, i) => {
    expect(probability).toBeCloseTo(e[i]! / sum, 6);
  });
  const { scores } = classifyEmbeddings(image, labels, embeddings, {
    mode: 'softmax',
    logitScale: 5000,
  });
  expect(scores.map(({ probability }) => probability)).toEqual([0, 1, 0]);
});

test('sigmoid judges each label for itself; cosine gives no probability', () => {
  const sigmoid = classify('sigmoid').scores.map(({ probability }) => probability!);
  [6, 8, -10].forEach((logit, i) => {
    expect(sigmoid[i]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 6);
  });
  expect(classify('cosine').scores.map(({ probability }) => probability)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('of labels that are equally near, the first is the best', () => {
  const same = [Float32Array.of(1, 0), Float32Array.of(1, 0)];
  const { best, scores } = classifyEmbeddings(image, ['a', 'b'], same, {
    mode: 'softmax',
    logitScale: 1,
  });
  expect(best).toBe(scores[0]);
});
