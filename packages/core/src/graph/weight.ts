import { matrixShape, type Parameter } from './graph.ts';
import type { WeightRole } from './operation.ts';

/**
 * Weights that a step reads as one: parameters stacked by rows, [rows, columns]. Most are a single
 * parameter; the query, key and value projections of a block are three.
 */
export interface Weight {
  /** The same for the same parameters in the same role, and for no others. */
  readonly key: string;
  readonly role: WeightRole;
  readonly parameters: readonly { readonly name: string; readonly rows: number }[];
  /** Of all parameters together. */
  readonly rows: number;
  readonly columns: number;
}

export function stackedWeight(parameters: readonly Parameter[], role: WeightRole): Weight {
  const named = parameters.map((p) => ({ name: p.name, rows: matrixShape(p).rows }));
  return {
    key: weightKey(
      named.map(({ name }) => name),
      role,
    ),
    role,
    parameters: named,
    rows: named.reduce((sum, { rows }) => sum + rows, 0),
    columns: matrixShape(parameters[0]!).columns,
  };
}

/** The key of the weight that these parameters are together in a role. */
export const weightKey = (names: readonly string[], role: WeightRole): string =>
  `${role} ${names.join('+')}`;
