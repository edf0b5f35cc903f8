import { describe, expect, test } from 'vitest';
import { classifyEmbeddings } from '../classify.ts';
import { seededNormal } from '../testing/seeded.ts';
import { normalized } from '../vectors.ts';
import { type LinearProbe, probeLogits, probeProbabilities } from './linear-probe.ts';
import { trainLinearProbe } from './train-linear-probe.ts';

const WIDTH = 24;
const SCALE = 33.967;
const texts = [1, 2, 3, 4].map((seed) => normalized(seededNormal(WIDTH, seed)));

/** A picture of a class: its text, a direction that the text does not know, and noise. */
function picture(k: number, seed: number): Float32Array {
  const text = texts[k]!;
  const look = seededNormal(WIDTH, 100 + k);
  const noise = seededNormal(WIDTH, seed);
  return normalized(noise.map((value, e) => 0.8 * value + look[e]! + text[e]!));
}

function pictures(perClass: readonly number[]) {
  const classes = perClass.flatMap((count, k) => Array<number>(count).fill(k));
  return { classes, embeddings: classes.map((k, i) => picture(k, 1000 + i)) };
}

const none = { classes: [], embeddings: [] };

describe('without pictures', () => {
  const probe = trainLinearProbe({ texts, examples: none, logitScale: SCALE });

  test('logits and probabilities are those of zero-shot classification, bit for bit', () => {
    for (let seed = 0; seed < 50; seed++) {
      const image = picture(seed % 4, seed);
      const options = { mode: 'softmax', logitScale: SCALE } as const;
      const { scores } = classifyEmbeddings(image, ['a', 'b', 'c', 'd'], texts, options);
      expect([...probeLogits(probe, image)]).toEqual(scores.map(({ logit }) => logit));
      expect([...probeProbabilities(probe, image)]).toEqual(
        scores.map(({ probability }) => probability),
      );
    }
  });
});

describe('with pictures', () => {
  const examples = pictures([6, 6, 6, 6]);
  const probe = trainLinearProbe({ texts, examples, logitScale: SCALE });
  const right = (logitsOf: (image: Float32Array) => Float64Array) => {
    const images = Array.from({ length: 400 }, (_, i) => picture(i % 4, 5000 + i));
    const best = images.map(logitsOf).map((logits) => logits.indexOf(Math.max(...logits)));
    return best.filter((k, i) => k === i % 4).length / images.length;
  };

  test('more pictures that it has not seen are classified right than by the texts alone', () => {
    const zeroShot = trainLinearProbe({ texts, examples: none, logitScale: SCALE });
    const before = right((image) => probeLogits(zeroShot, image));
    const after = right((image) => probeLogits(probe, image));
    expect(after).toBeGreaterThan(before + 0.05);
  });

  test('the same pictures in another order give the same probe, bit for bit', () => {
    const reversed = {
      embeddings: examples.embeddings.toReversed(),
      classes: examples.classes.toReversed(),
    };
    expect(trainLinearProbe({ texts, examples: reversed, logitScale: SCALE })).toEqual(probe);
  });
});

describe('classes that lack something', () => {
  const right = (probe: LinearProbe, k: number) =>
    Array.from({ length: 100 }, (_, i) => {
      const logits = probeLogits(probe, picture(k, 9000 + i));
      return logits.indexOf(Math.max(...logits)) === k ? 1 : 0;
    }).reduce<number>((sum, hit) => sum + hit, 0) / 100;

  test('without pictures, beside classes with: its text still finds it', () => {
    const zeroShot = trainLinearProbe({ texts, examples: none, logitScale: SCALE });
    const probe = trainLinearProbe({ texts, examples: pictures([8, 8, 8, 0]), logitScale: SCALE });
    expect(probe.weights[3]!.every((value) => value === 0)).toBe(true);
    expect(right(probe, 3)).toBeGreaterThan(right(zeroShot, 3) - 0.15);
    expect(right(probe, 0) + right(probe, 1) + right(probe, 2)).toBeGreaterThan(
      right(zeroShot, 0) + right(zeroShot, 1) + right(zeroShot, 2),
    );
  });

  test('without text, beside classes with: its pictures teach it', () => {
    const probe = trainLinearProbe({
      texts: [...texts.slice(0, 3), undefined],
      examples: pictures([8, 8, 8, 8]),
      logitScale: SCALE,
    });
    for (let k = 0; k < 4; k++) expect(right(probe, k)).toBeGreaterThan(0.7);
  });

  test('no class has a text: the pictures alone teach', () => {
    const probe = trainLinearProbe({
      texts: texts.map(() => undefined),
      examples: pictures([8, 8, 8, 8]),
      logitScale: SCALE,
    });
    for (let k = 0; k < 4; k++) expect(right(probe, k)).toBeGreaterThan(0.7);
  });

  test('one picture in two classes and twice in one: all stays finite', () => {
    const { embeddings, classes } = pictures([3, 3, 3, 3]);
    const examples = {
      embeddings: [...embeddings, embeddings[0]!, embeddings[0]!],
      classes: [...classes, 0, 1],
    };
    const probe = trainLinearProbe({ texts, examples, logitScale: SCALE });
    const probabilities = probeProbabilities(probe, embeddings[0]!);
    expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    expect(Math.max(...probe.alpha)).toBeLessThan(1000);
  });
});

describe('the temperature', () => {
  test('with one picture it stays near 1', () => {
    const examples = pictures([1, 0, 0, 0]);
    const { temperature } = trainLinearProbe({ texts, examples, logitScale: SCALE });
    expect(temperature).toBeGreaterThan(0.8);
    expect(temperature).toBeLessThan(1.25);
  });

  test('a logit scale ten times too high is taken back', () => {
    const examples = pictures([8, 8, 8, 8]);
    const { temperature } = trainLinearProbe({ texts, examples, logitScale: 10 * SCALE });
    expect(temperature).toBeGreaterThan(3);
  });
});

describe('what cannot be trained on is refused', () => {
  const one = picture(0, 1);
  const refuse = (given: Partial<Parameters<typeof trainLinearProbe>[0]>) =>
    expect(() =>
      trainLinearProbe({
        texts,
        examples: { embeddings: [one], classes: [0] },
        logitScale: SCALE,
        ...given,
      }),
    );

  test('a single class', () => {
    refuse({ texts: texts.slice(0, 1) }).toThrow('expected at least 2 classes, got 1');
  });

  test('a class with neither text nor picture', () => {
    refuse({ texts: [...texts, undefined] }).toThrow('class 4: expected a text or at least one');
  });

  test('NaN', () => {
    const embeddings = [Float32Array.from(one, (value, e) => (e === 3 ? Number.NaN : value))];
    refuse({ examples: { embeddings, classes: [0] } }).toThrow('example 0: expected an embedding');
    refuse({ logitScale: Number.NaN }).toThrow('expected a logit scale above 0, got NaN');
  });

  test('embeddings of another size, or not of length 1', () => {
    const short = normalized(one.subarray(1));
    refuse({ examples: { embeddings: [short], classes: [0] } }).toThrow(/24 values, got 23/);
    const long = one.map((value) => 2 * value);
    refuse({ examples: { embeddings: [long], classes: [0] } }).toThrow(/of length 1, got [12]/);
  });

  test('a class that there is not, and examples without a class', () => {
    refuse({ examples: { embeddings: [one], classes: [4] } }).toThrow('a class below 4, got 4');
    refuse({ examples: { embeddings: [one], classes: [] } }).toThrow('each of 1 examples, got 0');
  });
});
