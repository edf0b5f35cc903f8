import type { OperationName } from '../../graph/operation.ts';
import type { StepOf } from '../../graph/step.ts';
import { add, addTable } from './add.ts';
import { attention } from './attention.ts';
import { averagePool } from './average-pool.ts';
import { depthwise } from './depthwise.ts';
import { embed } from './embed.ts';
import { gelu } from './gelu.ts';
import { attentionMix, attentionMixTranspose } from './gradients/attention-mix.ts';
import { attentionScoreGradient } from './gradients/attention-score-gradient.ts';
import { attentionWeights } from './gradients/attention-weights.ts';
import { averagePoolTranspose } from './gradients/average-pool-transpose.ts';
import { depthwiseTranspose } from './gradients/depthwise-transpose.ts';
import { geluGradient } from './gradients/gelu-gradient.ts';
import { l2NormalizeGradient } from './gradients/l2-normalize-gradient.ts';
import { layerNormGradient } from './gradients/layer-norm-gradient.ts';
import { linearTranspose } from './gradients/linear-transpose.ts';
import { patchesTranspose } from './gradients/patches-transpose.ts';
import { prependMeanTranspose, prependTranspose } from './gradients/prepend-transpose.ts';
import { reluGradient } from './gradients/relu-gradient.ts';
import { selectTranspose } from './gradients/select-transpose.ts';
import { windowsTranspose } from './gradients/windows-transpose.ts';
import { l2Normalize } from './l2-normalize.ts';
import { layerNorm } from './layer-norm.ts';
import { linear } from './linear.ts';
import type { Memory } from './memory.ts';
import { patches } from './patches.ts';
import { prepend } from './prepend.ts';
import { prependMean } from './prepend-mean.ts';
import { relu } from './relu.ts';
import { select } from './select.ts';
import { windows } from './windows.ts';

type Kernels = { readonly [Op in OperationName]: (step: StepOf<Op>, memory: Memory) => void };

const KERNELS: Kernels = {
  patches,
  embed,
  linear,
  gelu,
  relu,
  windows,
  depthwise,
  averagePool,
  layerNorm,
  attention,
  add,
  addTable,
  prepend,
  prependMean,
  select,
  l2Normalize,
  linearTranspose,
  patchesTranspose,
  windowsTranspose,
  depthwiseTranspose,
  averagePoolTranspose,
  prependTranspose,
  prependMeanTranspose,
  selectTranspose,
  geluGradient,
  reluGradient,
  layerNormGradient,
  l2NormalizeGradient,
  attentionWeights,
  attentionScoreGradient,
  attentionMix,
  attentionMixTranspose,
};

/** Runs one step of a plan. */
export function runStep<Op extends OperationName>(step: StepOf<Op>, memory: Memory): void {
  KERNELS[step.op as Op](step, memory);
}
