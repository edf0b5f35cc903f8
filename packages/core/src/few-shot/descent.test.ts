import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { normalized } from '../vectors.ts';
import { descend } from './descent.ts';
import { probeProblem } from './probe-problem.ts';

interface Case {
  readonly logitScale: number;
  readonly texts: number[][];
  readonly pictures: number[][];
  readonly classes: number[];
  readonly penalised: readonly {
    readonly weightPrior: number;
    readonly alphaPrior: number;
    readonly loss: number;
    readonly alpha: number[];
    readonly weights: number[][];
  }[];
}

const FILE = new URL('../../../bench/reference/few-shot.json', import.meta.url);
const { logitScale, texts, pictures, classes, penalised }: Case = JSON.parse(
  await readFile(FILE, 'utf8'),
);
const few = { embeddings: pictures.map((one) => Float32Array.from(one)), classes };
const widened = (vector: number[]) => [...vector, ...new Array<number>(48).fill(0)];

test.each(penalised)(
  'with prior $weightPrior, the minimum is the one that L-BFGS of PyTorch finds, to 1e-4',
  ({ weightPrior, alphaPrior, alpha, weights }) => {
    // More examples than values an embedding, and with zeros appended fewer, which takes the other way.
    for (const form of [(vector: number[]) => vector, widened]) {
      const problem = probeProblem(
        texts.map((text) => Float32Array.from(form(text))),
        { classes, embeddings: pictures.map((one) => Float32Array.from(form(one))) },
      );
      const prior = { alpha: logitScale, weights: weightPrior, alphas: alphaPrior };
      const trained = descend(problem, prior, 1e-12);
      trained.alpha.forEach((value, k) => {
        expect(Math.abs(value - alpha[k]!)).toBeLessThan(1e-4);
      });
      for (const [k, row] of weights.entries()) {
        for (const [e, value] of form(row).entries()) {
          expect(Math.abs(trained.weights[e * texts.length + k]! - value)).toBeLessThan(1e-4);
        }
      }
    }
  },
);

test('the loss never rises, whichever tolerance ends the descent', () => {
  const problem = probeProblem(
    texts.map((text) => normalized(text)),
    few,
  );
  const prior = { alpha: logitScale, weights: 0.03, alphas: 0.003 };
  const lossOf = (tolerance: number) => {
    const { alpha, weights } = descend(problem, prior, tolerance);
    let loss = 0;
    for (const [i, picture] of few.embeddings.entries()) {
      const logits = texts.map((text, k) =>
        picture.reduce(
          (sum, value, e) => sum + value * (alpha[k]! * text[e]! + weights[e * texts.length + k]!),
          0,
        ),
      );
      loss +=
        Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[classes[i]!]!;
    }
    for (const value of weights) loss += (prior.weights / 2) * value ** 2;
    for (const value of alpha) loss += (prior.alphas / 2) * (value - prior.alpha) ** 2;
    return loss;
  };
  const losses = [100, 10, 3, 1, 0.3, 0.1, 0.01, 1e-3, 1e-6, 1e-12].map(lossOf);
  expect(losses).toEqual(losses.toSorted((a, b) => b - a));
  expect(losses.at(-1)).toBeCloseTo(penalised[2]!.loss, 6);
  expect(losses[0]! - losses.at(-1)!).toBeGreaterThan(10);
});
