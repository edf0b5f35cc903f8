/** Comparisons of gradients on a backend with differences of the float64 evaluation of the unplanned graph. */
import { expect } from 'vitest';
import type { Backend } from '../backends/backend.ts';
import { COTANGENT, GRADIENT, gradientGraph } from '../graph/gradient.ts';
import { planGraph, weightsOfGraphs } from '../graph/plan.ts';
import { dot } from '../vectors.ts';
import { compileGraph } from './compile-graph.ts';
import { type Declared, expectClose, type Inputs, matrix, weightsFor } from './conformance.ts';
import { directionalDerivative, partialDerivatives, spreadIndices } from './numeric-gradient.ts';
import { weightReader } from './weight-reader.ts';

/** A graph that is differentiated. */
export interface Differentiated extends Declared {
  /** An output. */
  readonly of: string;
  /** An input. */
  readonly by: string;
  /** {@link weightsFor} the parameters unless given. */
  readonly weights?: (name: string) => Float32Array;
}

const weightsOf = ({ parameters, weights = weightsFor(parameters) }: Differentiated) => weights;

/** The gradient of Σ cotangent · output by the input, with the weights that a forward pass has loaded. */
export async function gradientOn(
  backend: Backend,
  differentiated: Differentiated,
  inputs: Inputs,
  cotangent: Float32Array,
): Promise<Float32Array> {
  const { graph } = differentiated;
  const weights = weightReader(weightsOf(differentiated));
  const loaded = await backend.load(weightsOfGraphs([graph]), weights);
  const plan = planGraph(gradientGraph(graph, differentiated));
  const outputs = await loaded.compile(plan).run({ ...inputs, [COTANGENT]: cotangent });
  return outputs[GRADIENT]!;
}

/** Values to multiply the output with. */
export function cotangentFor({ graph, of }: Differentiated): Float32Array {
  const { rows, columns } = graph.outputs.get(of)!;
  return matrix('cotangent', rows, columns);
}

/** Derivatives by some values of the input, at their indices, and along a direction that all values have a part in. */
export interface Derivatives {
  readonly indices: readonly number[];
  readonly values: readonly number[];
  readonly direction: Float32Array;
  readonly along: number;
}

/** What finite differences give, for so many values of the input and for all of them at once. */
export function derivativesOf(
  differentiated: Differentiated,
  inputs: Inputs,
  count: number,
): Derivatives {
  const { graph, of, by } = differentiated;
  const indices = spreadIndices(inputs[by]!.length, count);
  const weights = weightsOf(differentiated);
  const cotangent = cotangentFor(differentiated);
  const given = { inputs, weights, of, by, cotangent };
  const direction = matrix('direction', 1, inputs[by]!.length);
  return {
    indices,
    values: partialDerivatives(graph, given, indices),
    direction,
    along: directionalDerivative(graph, given, direction),
  };
}

/** Expects the derivatives that finite differences give. */
export async function expectDerivatives(
  backend: Backend,
  differentiated: Differentiated,
  inputs: Inputs,
  { indices, values, direction, along }: Derivatives,
  tolerance: number,
): Promise<void> {
  const cotangent = cotangentFor(differentiated);
  const gradient = await gradientOn(backend, differentiated, inputs, cotangent);
  expect(gradient).toHaveLength(inputs[differentiated.by]!.length);
  const got = Float32Array.from(indices, (index) => gradient[index]!);
  expectClose('derivatives', got, values, { columns: 1, tolerance });
  const size = Math.sqrt(dot(gradient, gradient) * dot(direction, direction));
  const difference = Math.abs(dot(gradient, direction) - along);
  expect(difference / size, '|⟨g, v⟩ − ∂v| / (‖g‖ ‖v‖)').toBeLessThanOrEqual(tolerance);
}

/** Expects ⟨J·v, u⟩ = ⟨v, Jᵀ·u⟩ of a graph that is linear, or affine, in the input. */
export async function expectAdjoint(
  backend: Backend,
  differentiated: Differentiated,
  inputs: Inputs,
  tolerance: number,
): Promise<void> {
  const { graph, of, by } = differentiated;
  const executable = await compileGraph(backend, graph, weightReader(weightsOf(differentiated)));
  const at = async (x: Float32Array) => (await executable.run({ ...inputs, [by]: x }))[of]!;
  const x = inputs[by] as Float32Array;
  const origin = await at(new Float32Array(x.length));
  const product = (await at(x)).map((value, i) => value - origin[i]!);
  const cotangent = cotangentFor(differentiated);
  const gradient = await gradientOn(backend, differentiated, inputs, cotangent);
  const size = Math.sqrt(dot(product, product) * dot(cotangent, cotangent));
  const difference = Math.abs(dot(product, cotangent) - dot(x, gradient));
  expect(difference / size, '|⟨J·v, u⟩ − ⟨v, Jᵀ·u⟩| / (‖J·v‖ ‖u‖)').toBeLessThanOrEqual(tolerance);
}
