import type { ClipqlEngine } from '../kit/clipql-engines.ts';
import type { Gate } from './row.ts';

/** What the embeddings and the logits of one engine must hold. */
export interface ForwardGates {
  readonly embedding: Gate;
  readonly logit: Gate;
}

export function gatesFor({ backend, precision }: ClipqlEngine, caseName: string): ForwardGates {
  if (precision === 'int8') return { embedding: int8Gate(caseName), logit: PRINTED };
  return backend === 'gpu' ? GPU_GATES : FLOAT32_GATES;
}

const FLOAT32_GATES: ForwardGates = {
  /**
   * Float32 against float64, on the relative L2 distance: sound float32 stays below 1e-6, while the
   * tanh form of GELU, the mildest of the usual mistakes, is above 1e-4, where its cosine is still
   * 0.99999998.
   */
  embedding: { text: 'relL2 ≤ 1e-5', passes: ({ relL2 }) => relL2 <= 1e-5 },
  /** A logit is a cosine times about 100. */
  logit: { text: 'maxAbsDiff ≤ 2e-3', passes: ({ maxAbsDiff }) => maxAbsDiff <= 2e-3 },
};

/** WGSL lets division, exp and the order of sums vary from device to device; still below any mistake. */
const GPU_GATES: ForwardGates = {
  embedding: { text: 'relL2 ≤ 5e-5', passes: ({ relL2 }) => relL2 <= 5e-5 },
  logit: { text: 'maxAbsDiff ≤ 5e-3', passes: ({ maxAbsDiff }) => maxAbsDiff <= 5e-3 },
};

/**
 * 7-bit activations and 8-bit weights turn an embedding by a few hundredths of its length. A wrong
 * zero point or a swapped scale turns it by far more.
 */
function int8Gate(caseName: string): Gate {
  const least = INT8_MIN_COSINE[caseName] ?? 0.998;
  return { text: `minCosine ≥ ${least}`, passes: ({ minCosine }) => minCosine >= least };
}

/** Trained weights have less noise in what matters than random ones. */
const INT8_MIN_COSINE: Readonly<Record<string, number>> = { nano: 0.999 };

/** A logit amplifies what the embedding's gate has judged already. */
const PRINTED: Gate = { text: 'not gated', passes: () => true };
