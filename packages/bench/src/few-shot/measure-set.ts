import {
  type LinearProbe,
  probeLogits,
  probeProbabilities,
  reliability,
  trainLinearProbe,
} from '@clipql/core';
import type { FewShotRow } from '../kit/reports/few-shot-report.ts';
import { nearestClassMean } from './class-mean.ts';
import { type Embedded, type EmbeddedSet, firstOfEach } from './embedded-sets.ts';
import { type Measured, meanOf } from './measured.ts';
import { trainPublishedProbe } from './published-probe.ts';

/** One row for each number of pictures, averaged over the draws. */
export function measureSet(
  { name, texts, validation, draws }: EmbeddedSet,
  shotCounts: readonly number[],
  { logitScale, published }: { readonly logitScale: number; readonly published: boolean },
): readonly FewShotRow[] {
  const nothing = { embeddings: [], classes: [] };
  const untaught = trainLinearProbe({ texts, examples: nothing, logitScale });
  const zeroShot = accuracyOf(validation, (image) => highest(probeLogits(untaught, image)));
  return shotCounts.map((shots) => {
    const measured = (shots === 0 ? [nothing] : draws).map((draw) => {
      const examples = firstOfEach(draw, shots);
      return measureDraw(texts, examples, validation, logitScale, published);
    });
    const images = validation.classes.length;
    return { set: name, labels: texts.length, images, shots, zeroShot, ...meanOf(measured) };
  });
}

function measureDraw(
  texts: readonly Float32Array[],
  examples: Embedded,
  validation: Embedded,
  logitScale: number,
  published: boolean,
): Measured {
  const start = performance.now();
  const probe = trainLinearProbe({ texts, examples, logitScale });
  const trainingSeconds = (performance.now() - start) / 1000;
  const { embeddings, classes } = examples;
  const none = embeddings.length === 0;
  const by = (classify: (image: Float32Array) => number) => accuracyOf(validation, classify);
  return {
    accuracy: {
      probe: by((image) => highest(probeLogits(probe, image))),
      classMean: none ? null : by(nearestClassMean(embeddings, classes)),
      logisticRegression: none ? null : by(logisticRegression(examples, logitScale)),
      published: none || !published ? null : by(publishedProbe(texts, examples)),
    },
    ece: {
      before: calibrationError({ ...probe, temperature: 1 }, validation),
      after: calibrationError(probe, validation),
    },
    temperature: probe.temperature,
    trainingSeconds,
  };
}

/** A probe without texts is logistic regression; its L2 penalty is chosen by cross-validation. */
function logisticRegression(
  { embeddings, classes }: Embedded,
  logitScale: number,
): (image: Float32Array) => number {
  const labels = [...new Set(classes)];
  const examples = { embeddings, classes: classes.map((label) => labels.indexOf(label)) };
  const probe = trainLinearProbe({ texts: labels.map(() => undefined), examples, logitScale });
  return (image) => labels[highest(probeLogits(probe, image))]!;
}

function publishedProbe(
  texts: readonly Float32Array[],
  { embeddings, classes }: Embedded,
): (image: Float32Array) => number {
  const probe = { ...trainPublishedProbe(texts, embeddings, classes), texts, temperature: 1 };
  const weights = probe.weights.map((row) => Float32Array.from(row));
  return (image) => highest(probeLogits({ ...probe, weights }, image));
}

function accuracyOf(
  { embeddings, classes }: Embedded,
  classify: (image: Float32Array) => number,
): number {
  return embeddings.filter((image, i) => classify(image) === classes[i]).length / classes.length;
}

function calibrationError(probe: LinearProbe, { embeddings, classes }: Embedded): number {
  const answers = embeddings.map((image) => probeProbabilities(probe, image));
  const best = answers.map(highest);
  const measured = reliability({
    confidences: answers.map((probabilities, i) => probabilities[best[i]!]!),
    correct: best.map((label, i) => label === classes[i]),
  });
  return measured!.expectedError;
}

const highest = (values: Float64Array): number =>
  values.reduce((best, value, k) => (value > values[best]! ? k : best), 0);
