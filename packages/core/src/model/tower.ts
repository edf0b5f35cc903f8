import type { Graph, Parameter } from '../graph/graph.ts';

/** A tower of a model, for one batch size. */
export interface Tower {
  readonly graph: Graph;
  /** All weights that it declares, those too that it does not read as a whole. */
  readonly parameters: readonly Parameter[];
  /** The inputs that are the same at every run. */
  readonly constants: Readonly<Record<string, Int32Array>>;
}

/** 0, step, 2 · step, …: where sequences of equal length begin, or which row of each is meant. */
export const multiples = (count: number, step: number, first = 0): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => first + i * step);
