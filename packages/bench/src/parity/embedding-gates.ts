import type { ClipqlEngine } from '../kit/clipql-engines.ts';
import { isSiglip } from '../kit/models/clip-sizes.ts';
import type { ForwardCase } from '../kit/models/reference-case.ts';
import type { Gate } from './row.ts';

/** What the embeddings and the logits of one engine must hold. */
export interface ForwardGates {
  readonly embedding: Gate;
  readonly logit: Gate;
}

export function gatesFor(
  { backend, precision }: ClipqlEngine,
  { name, config }: Pick<ForwardCase, 'name' | 'config'>,
): ForwardGates {
  if (precision === 'int8') return { embedding: int8Gate(name), logit: PRINTED };
  if (backend === 'gpu') return GPU_GATES;
  if (backend === 'reference') return REFERENCE_GATES;
  return isSiglip(config) ? SIGLIP_GATES : FLOAT32_GATES;
}

const relL2Gate = (most: number): Gate => ({
  text: `relL2 ≤ ${most.toExponential()}`,
  passes: ({ relL2 }) => relL2 <= most,
});

const FLOAT32_GATES: ForwardGates = {
  /**
   * Float32 against float64, on the relative L2 distance: sound float32 stays below 1e-6, while the
   * tanh form of GELU, the mildest of the usual mistakes, is above 1e-4, where its cosine is still
   * 0.99999998.
   */
  embedding: relL2Gate(1e-5),
  /** A logit is a cosine times about 100. */
  logit: { text: 'maxAbsDiff ≤ 2e-3', passes: ({ maxAbsDiff }) => maxAbsDiff <= 2e-3 },
};

/** In a SigLIP of full size, a layer norm's epsilon of 1e-5 in place of 1e-6 moves texts by 6e-6 alone. */
const SIGLIP_GATES: ForwardGates = { ...FLOAT32_GATES, embedding: relL2Gate(3e-6) };

/** Sums in float64, rounded to float32 once a step. */
const REFERENCE_GATES: ForwardGates = { ...FLOAT32_GATES, embedding: relL2Gate(1e-6) };

/** WGSL lets division, exp and the order of sums vary from device to device; still below any mistake. */
const GPU_GATES: ForwardGates = {
  embedding: relL2Gate(5e-5),
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
