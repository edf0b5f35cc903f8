/** The scores that a word gives the images that certainly show it, or certainly do not. */
export interface JudgedScores {
  readonly scores: Float32Array;
  /** Whether each image shows the word. */
  readonly shown: readonly boolean[];
}

/** 2 · right / (found + wanted): the harmonic mean of precision and recall. */
export function f1At({ scores, shown }: JudgedScores, threshold: number): number {
  let found = 0;
  let right = 0;
  for (const [i, score] of scores.entries()) {
    if (score < threshold) continue;
    found++;
    if (shown[i]) right++;
  }
  return (2 * right) / Math.max(1, found + count(shown));
}

/**
 * The one threshold for all words with which the mean of their F1 is highest, and that mean: what nobody can
 * know before the labels are.
 */
export function bestThreshold(words: readonly JudgedScores[]): {
  readonly threshold: number;
  readonly f1: number;
} {
  const steps = words.flatMap(({ scores, shown }, word) =>
    Array.from(scores, (score, i) => ({ score, word, isShown: shown[i]! })),
  );
  steps.sort((a, b) => b.score - a.score);
  const wanted = words.map(({ shown }) => count(shown));
  const found = words.map(() => 0);
  const right = words.map(() => 0);
  const f1 = (word: number) => (2 * right[word]!) / Math.max(1, found[word]! + wanted[word]!);
  let sum = 0;
  let best = { threshold: Number.POSITIVE_INFINITY, f1: 0 };
  for (const [i, { score, word, isShown }] of steps.entries()) {
    sum -= f1(word);
    found[word]!++;
    if (isShown) right[word]!++;
    sum += f1(word);
    // Equal scores pass together.
    if (steps[i + 1]?.score !== score && sum / words.length > best.f1) {
      best = { threshold: score, f1: sum / words.length };
    }
  }
  return best;
}

const count = (shown: readonly boolean[]): number => shown.filter(Boolean).length;
