/** Comparisons of gradients on a backend with differences of the float64 evaluation of the unplanned graph. */
import { expect } from 'vitest';
import type { Backend } from '../backends/backend.ts';
import { COTANGENT, GRADIENT, gradientGraph } from '../graph/gradient.ts';
import type { Graph } from '../graph/graph.ts';
import { planGraph, weightsOfGraphs } from '../graph/plan.ts';
import { compileGraph } from './compile-graph.ts';
import { type Declared, expectClose, type Inputs, matrix, weightsFor } from './conformance.ts';
import { partialDerivatives, spreadIndices } from './numeric-gradient.ts';
import { weightReader } from './weight-reader.ts';

/** The gradient of Σ cotangent · `result` by the input `x`, with the weights that a forward pass has loaded. */
export async function gradientOn(
  backend: Backend,
  { graph, parameters }: Declared,
  inputs: Inputs,
  cotangent: Float32Array,
): Promise<Float32Array> {
  const weights = weightReader(weightsFor(parameters));
  const loaded = await backend.load(weightsOfGraphs([graph]), weights);
  const plan = planGraph(gradientGraph(graph, { of: 'result', by: 'x' }));
  const outputs = await loaded.compile(plan).run({ ...inputs, [COTANGENT]: cotangent });
  return outputs[GRADIENT]!;
}

/** Values to multiply the output with. */
export function cotangentFor(graph: Graph): Float32Array {
  const { rows, columns } = graph.outputs.get('result')!;
  return matrix('cotangent', rows, columns);
}

/** Derivatives that are compared, at most. */
const COMPARED = 48;

/** Derivatives by some values of x, at their indices. */
export interface Derivatives {
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

/** What finite differences give. */
export function derivativesOf({ graph, parameters }: Declared, inputs: Inputs): Derivatives {
  const indices = spreadIndices(inputs.x!.length, COMPARED);
  const weights = weightsFor(parameters);
  const cotangent = cotangentFor(graph);
  const differentiated = { inputs, weights, of: 'result', by: 'x', cotangent };
  return { indices, values: partialDerivatives(graph, differentiated, indices) };
}

/** Expects the derivatives that finite differences give. */
export async function expectDerivatives(
  backend: Backend,
  declared: Declared,
  inputs: Inputs,
  { indices, values }: Derivatives,
  tolerance: number,
): Promise<void> {
  const gradient = await gradientOn(backend, declared, inputs, cotangentFor(declared.graph));
  expect(gradient).toHaveLength(inputs.x!.length);
  const got = Float32Array.from(indices, (index) => gradient[index]!);
  expectClose('derivatives', got, values, { columns: 1, tolerance });
}

/** Expects ⟨J·v, u⟩ = ⟨v, Jᵀ·u⟩ of a graph that is linear, or affine, in x. */
export async function expectAdjoint(
  backend: Backend,
  declared: Declared,
  inputs: Inputs,
  tolerance: number,
): Promise<void> {
  const { graph, parameters } = declared;
  const executable = await compileGraph(backend, graph, weightReader(weightsFor(parameters)));
  const at = async (x: Float32Array) => (await executable.run({ ...inputs, x })).result!;
  const x = inputs.x as Float32Array;
  const origin = await at(new Float32Array(x.length));
  const product = (await at(x)).map((value, i) => value - origin[i]!);
  const cotangent = cotangentFor(graph);
  const gradient = await gradientOn(backend, declared, inputs, cotangent);
  const size = Math.sqrt(dot(product, product) * dot(cotangent, cotangent));
  const difference = Math.abs(dot(product, cotangent) - dot(x, gradient));
  expect(difference / size, '|⟨J·v, u⟩ − ⟨v, Jᵀ·u⟩| / (‖J·v‖ ‖u‖)').toBeLessThanOrEqual(tolerance);
}

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);
