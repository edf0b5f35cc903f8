/** The steps of a backward pass, as `assembly/gradients/run.ts` reads them; program.ts has those of a forward pass. */
import type { Attending } from '../../graph/gradient-operands.ts';
import type { GradientStep, Slot, StepOf } from '../../graph/step.ts';
import type { PackedWeights } from './packed-weights.ts';
import { ACTIVATION, addressOf, float32Bits, placed, windowWords } from './step-words.ts';

const OPCODE = {
  linearTranspose: 32,
  patchesTranspose: 33,
  windowsTranspose: 34,
  depthwiseTranspose: 35,
  averagePoolTranspose: 36,
  prependTranspose: 37,
  selectTranspose: 38,
  geluGradient: 39,
  reluGradient: 40,
  layerNormGradient: 41,
  l2NormalizeGradient: 42,
  attentionWeights: 43,
  attentionScoreGradient: 44,
  attentionMix: 45,
} as const;

/** The words of one step: its opcode, then the parameters of its function in `assembly/gradients/`, in their order. */
export function encodeGradientStep(
  step: GradientStep,
  arena: number,
  weights: PackedWeights,
): readonly number[] {
  const at = (slot: Slot) => placed(slot, arena);
  const { out } = step;
  const size = [out.rows, out.columns];
  switch (step.op) {
    case 'linearTranspose': {
      const { x, weight, residual } = step;
      const { address, firstRow } = weights.part(weight);
      const product = [...at(x), x.rows, x.columns, address, firstRow, out.columns];
      return [
        OPCODE.linearTranspose,
        ...product,
        ...(residual === undefined ? [0, 0] : at(residual)),
        ...at(out),
      ];
    }
    case 'patchesTranspose': {
      const { x, channels, imageSize, patchSize } = step;
      const shape = [channels, imageSize, patchSize];
      return [OPCODE.patchesTranspose, ...at(x), ...shape, ...at(out), out.rows];
    }
    case 'windowsTranspose': {
      const shape = [out.columns, ...windowWords(step.window)];
      return [OPCODE.windowsTranspose, ...at(step.x), ...shape, ...at(out), out.rows];
    }
    case 'depthwiseTranspose': {
      const { x, weight, window } = step;
      const shape = [out.columns, weights.address(weight), ...windowWords(window)];
      const lines = out.rows / window.side;
      return [OPCODE.depthwiseTranspose, ...at(x), ...shape, ...at(out), lines];
    }
    case 'averagePoolTranspose': {
      const squares = [step.side, step.kernel];
      return [OPCODE.averagePoolTranspose, ...at(step.x), ...squares, ...at(out), ...size];
    }
    case 'prependTranspose':
      return encodePrependTranspose(step, 0, arena);
    case 'prependMeanTranspose':
      return encodePrependTranspose(step, 1 / step.length, arena);
    case 'selectTranspose': {
      const rows = [step.x.rows, addressOf(step.indices, arena)];
      return [OPCODE.selectTranspose, ...at(step.x), ...rows, ...at(out), ...size];
    }
    case 'geluGradient': {
      const operands = [...at(step.gradient), ...at(step.x), ...at(out)];
      return [OPCODE.geluGradient, ...operands, ...size, ACTIVATION[step.activation]];
    }
    case 'reluGradient': {
      const operands = [...at(step.gradient), ...at(step.y), ...at(out)];
      return [OPCODE.reluGradient, ...operands, ...size, ACTIVATION[step.activation]];
    }
    case 'layerNormGradient': {
      const norm = [weights.address(step.weight), float32Bits(step.epsilon)];
      const operands = [...at(step.gradient), ...at(step.x), ...norm, ...at(out)];
      return [OPCODE.layerNormGradient, ...operands, ...size];
    }
    case 'l2NormalizeGradient': {
      const operands = [...at(step.gradient), ...at(step.x), ...at(out)];
      return [OPCODE.l2NormalizeGradient, ...operands, ...size];
    }
    case 'attentionWeights': {
      const operands = [...at(step.query), ...at(step.key)];
      const heads = attending(step, step.query.columns, arena);
      return [OPCODE.attentionWeights, ...operands, ...heads, ...at(out)];
    }
    case 'attentionScoreGradient': {
      const operands = [...at(step.gradient), ...at(step.shares), ...at(step.value)];
      const heads = attending(step, step.gradient.columns, arena);
      return [OPCODE.attentionScoreGradient, ...operands, ...heads, ...at(out)];
    }
    case 'attentionMix':
    case 'attentionMixTranspose': {
      const operands = [...at(step.shares), ...at(step.x)];
      const heads = attending(step, out.columns, arena);
      const isTransposed = step.op === 'attentionMixTranspose' ? 1 : 0;
      return [OPCODE.attentionMix, ...operands, ...heads, isTransposed, ...at(out)];
    }
  }
}

/** Where the sequences begin and how many there are, heads, columns of each, queries, the longest sequence. */
function attending(
  { offsets, heads, queries, longest }: Attending<Slot>,
  columns: number,
  arena: number,
): readonly number[] {
  const sequences = [addressOf(offsets, arena), offsets.rows - 1];
  return [...sequences, heads, columns / heads, queries ?? 0, longest];
}

function encodePrependTranspose(
  { x, length, out }: StepOf<'prependTranspose' | 'prependMeanTranspose'>,
  share: number,
  arena: number,
): readonly number[] {
  const sequences = [...placed(x, arena), length, float32Bits(share)];
  return [OPCODE.prependTranspose, ...sequences, ...placed(out, arena), out.rows, out.columns];
}
