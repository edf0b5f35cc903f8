import type { Plan } from './plan.ts';
import type { Step } from './step.ts';

/**
 * Operations of a plan for one sequence: of matrix products, convolutions and attention, a multiplication and an
 * addition counted as two. Norms, activations and softmax, about a hundredth of the work, are not
 * counted.
 */
export const planOperations = ({ steps }: Plan): number =>
  steps.reduce((sum, step) => sum + stepOperations(step), 0);

function stepOperations(step: Step): number {
  switch (step.op) {
    case 'linear':
      return 2 * step.out.rows * step.weight.rows * step.weight.columns;
    case 'depthwise':
      return 2 * step.out.rows * step.weight.rows * step.weight.columns;
    case 'attention': {
      const { query, key, causal } = step;
      // A causal token sees itself and those before it.
      const pairs = causal ? (key.rows * (key.rows + 1)) / 2 : query.rows * key.rows;
      return 4 * pairs * query.columns;
    }
    default:
      return 0;
  }
}
