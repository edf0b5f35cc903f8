import type { OperationName } from '../../graph/operation.ts';
import type { StepOf } from '../../graph/step.ts';
import { add, addTable } from './add.ts';
import { attention } from './attention.ts';
import { averagePool } from './average-pool.ts';
import { depthwise } from './depthwise.ts';
import { embed } from './embed.ts';
import { gelu } from './gelu.ts';
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
};

/** Runs one step of a plan. */
export function runStep<Op extends OperationName>(step: StepOf<Op>, memory: Memory): void {
  KERNELS[step.op as Op](step, memory);
}
