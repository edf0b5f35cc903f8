/** Gradients by central differences of the float64 evaluation of a graph. */
import type { Graph } from '../graph/graph.ts';
import { evaluateGraph, type GraphInputs } from './evaluate-graph.ts';

/** Half the distance of the two points: the error of the difference is about its square. */
const STEP = 1e-5;

interface Differentiated extends GraphInputs {
  /** The output, and what its values are multiplied with, row-major. */
  readonly of: string;
  readonly cotangent: Float32Array;
  /** The input. */
  readonly by: string;
}

/** @returns the derivatives of Σ cotangent · output by some values of the input, by their indices in it. */
export function partialDerivatives(
  graph: Graph,
  given: Differentiated,
  indices: readonly number[],
): number[] {
  const direction = new Float64Array(given.inputs[given.by]!.length);
  return indices.map((index) => {
    direction[index] = 1;
    const derivative = directionalDerivative(graph, given, direction);
    direction[index] = 0;
    return derivative;
  });
}

/** @returns the derivative of Σ cotangent · output along a direction, of the input's length. */
export function directionalDerivative(
  graph: Graph,
  { inputs, weights, of, cotangent, by }: Differentiated,
  direction: Float64Array | Float32Array,
): number {
  const at = (distance: number): number => {
    const point = Float64Array.from(inputs[by]!, (value, i) => value + distance * direction[i]!);
    const output = evaluateGraph(graph, { inputs: { ...inputs, [by]: point }, weights }).get(of)!;
    return output.flat().reduce((sum, value, i) => sum + value * cotangent[i]!, 0);
  };
  return (at(STEP) - at(-STEP)) / (2 * STEP);
}

/** All of `length` indices, or `count` of them that are spread evenly and share no stride with rows or columns. */
export function spreadIndices(length: number, count: number): readonly number[] {
  if (length <= count) return Array.from({ length }, (_, i) => i);
  const GOLDEN = (Math.sqrt(5) - 1) / 2;
  return Array.from({ length: count }, (_, i) => Math.floor(((i * GOLDEN) % 1) * length));
}
