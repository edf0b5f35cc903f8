import { ClipError } from '../errors.ts';
import type { Plan } from '../graph/plan.ts';
import { type ForwardStep, isForwardStep } from '../graph/step.ts';
import type { BackendInfo } from './backend.ts';

/** A plan without a backward pass. */
export interface ForwardPlan extends Plan {
  readonly steps: readonly ForwardStep[];
}

/** A plan on a backend without gradients. @throws ClipError BAD_INPUT for a plan that needs them. */
export function forwardPlan(plan: Plan, { name, precision }: BackendInfo): ForwardPlan {
  const steps = plan.steps.filter(isForwardStep);
  if (steps.length < plan.steps.length) {
    throw new ClipError(
      'BAD_INPUT',
      `expected backend wasm in precision f32 for gradients, got backend ${name} in ${precision}`,
    );
  }
  return { ...plan, steps };
}
