import type { ForwardOperationName } from '../../graph/operation.ts';
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
import { patches } from './patches.ts';
import { prepend } from './prepend.ts';
import { prependMean } from './prepend-mean.ts';
import { relu } from './relu.ts';
import { select } from './select.ts';
import type { Trace } from './trace.ts';
import { windows } from './windows.ts';

type Kernels = { readonly [Op in ForwardOperationName]: (step: StepOf<Op>, trace: Trace) => void };

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

/** Calls the kernels of one step of a plan. */
export function traceStep<Op extends ForwardOperationName>(step: StepOf<Op>, trace: Trace): void {
  KERNELS[step.op as Op](step, trace);
}
