import type { Precision } from '@clipql/core';
import { compareMatrices } from '../kit/compare.ts';
import { BenchError } from '../kit/errors.ts';

/** What an engine's embeddings must hold before it is timed, compared with ClipQL's in f32. */
const GATES = {
  f32: { text: 'relL2 ≤ 1e-4', passes: (relL2: number, _: number) => relL2 <= 1e-4 },
  int8: { text: 'minCosine ≥ 0.99', passes: (_: number, cosine: number) => cosine >= 0.99 },
} as const;

/**
 * @param actual, expected [B, E], rows end to end.
 * @throws BenchError ENGINE_FAILED where the two are not the same embeddings.
 */
export function checkSameEmbeddings(
  engine: string,
  precision: Precision,
  actual: Float32Array,
  expected: Float32Array,
  batch: number,
): void {
  if (actual.length !== expected.length) {
    const lengths = `expected ${expected.length} values, got ${actual.length}`;
    throw new BenchError('ENGINE_FAILED', `${engine} ${precision}: ${lengths}`);
  }
  const { relL2, minCosine } = compareMatrices(rows(actual, batch), rows(expected, batch));
  const gate = GATES[precision];
  if (gate.passes(relL2, minCosine)) return;
  const got = `relL2 ${relL2.toExponential(1)}, minCosine ${minCosine.toFixed(5)}`;
  throw new BenchError(
    'ENGINE_FAILED',
    `${engine} ${precision}: expected ${gate.text}, got ${got}`,
  );
}

const rows = (matrix: Float32Array, batch: number): Float32Array[] => {
  const width = matrix.length / batch;
  return Array.from({ length: batch }, (_, i) => matrix.subarray(i * width, (i + 1) * width));
};
