/**
 * What the conformance suite is made of: the backends, and a comparison with a float64 evaluation of the
 * unplanned graph.
 */
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import type { Backend } from '../backends/backend.ts';
import { createGpuBackend } from '../backends/gpu/index.ts';
import { createReferenceBackend } from '../backends/reference/index.ts';
import { createWasmBackend } from '../backends/wasm/index.ts';
import type { Graph, Parameter } from '../graph/graph.ts';
import { compileGraph } from './compile-graph.ts';
import { evaluateGraph } from './evaluate-graph.ts';
import { seededNumbers, seedOf } from './seeded.ts';
import { WEBGPU_HERE } from './webgpu-here.ts';
import { weightReader } from './weight-reader.ts';

/**
 * Bounds on ‖a − b‖ / ‖b‖ over a whole output; single operations and whole towers. In int8 they are
 * what quantising random weights and inputs of a few dozen columns may cost; int8.test.ts holds the
 * arithmetic itself to 1e-6.
 */
interface Tolerance {
  readonly operation: number;
  readonly tower: number;
}

const GPU_TOLERANCE: Tolerance = { operation: 3e-6, tower: 1e-5 };

/** Every backend in every form that runs here, with what it must hold. */
export const BACKENDS: readonly [string, () => Backend | Promise<Backend>, Tolerance][] = [
  ['reference', createReferenceBackend, { operation: 1e-7, tower: 1e-6 }],
  ...(['plain', 'relaxed'] as const).flatMap((simd) =>
    [
      { shared: false },
      { shared: true, threads: 1 },
      { shared: true, threads: 2 },
      { shared: true, threads: 3 },
    ].map((options): [string, () => Backend, Tolerance] => [
      `wasm, ${simd} SIMD, ${options.threads ?? 'no'} threads of its own`,
      () => createWasmBackend({ simd, ...options }),
      { operation: 1e-6, tower: 2e-6 },
    ]),
  ),
  ...(['plain', 'relaxed'] as const).map((simd): [string, () => Backend, Tolerance] => [
    `wasm, ${simd} SIMD, int8`,
    () => createWasmBackend({ simd, precision: 'int8', threads: 2 }),
    { operation: 2e-2, tower: 5e-2 },
  ]),
  ...(['cpu', 'webasm', ...(WEBGPU_HERE ? ['webgpu' as const] : [])] as const).map(
    (mode): [string, () => Promise<Backend>, Tolerance] => [
      `gpu, in gpu.js's mode ${mode}`,
      () => createGpuBackend({ mode }),
      GPU_TOLERANCE,
    ],
  ),
];

/** Those that have gradients, and those that refuse them. */
const hasGradients = ([name]: (typeof BACKENDS)[number]): boolean => !/gpu|int8/.test(name);
export const GRADIENT_BACKENDS = BACKENDS.filter(hasGradients);
export const FORWARD_BACKENDS = BACKENDS.filter((backend) => !hasGradients(backend));

export type Inputs = Readonly<Record<string, Float32Array | Int32Array>>;

/** A backend that is let go when the test ends. */
export async function opened(create: () => Backend | Promise<Backend>): Promise<Backend> {
  const backend = await create();
  onTestFinished(() => backend.dispose());
  return backend;
}

/** A backend for all tests of a `describe`: a team of threads for each takes longer to start than to compute. */
export function openedForAll(create: () => Backend | Promise<Backend>): () => Backend {
  let backend: Backend | undefined;
  beforeAll(async () => {
    backend = await create();
  });
  afterAll(() => backend?.dispose());
  return () => backend!;
}

/** A graph, and the weights that it declares. */
export interface Declared {
  readonly graph: Graph;
  readonly parameters: readonly Parameter[];
}

/** Random weights of a graph, by name. */
export function weightsFor(parameters: readonly Parameter[]): (name: string) => Float32Array {
  const sizes = new Map(
    parameters.map(({ name, shape }) => [name, shape.reduce((a, b) => a * b, 1)]),
  );
  return (name) => seededNumbers(sizes.get(name)!, seedOf(name), 0.5);
}

/** Runs a graph on a backend, and expects what float64 gives. */
export async function expectConform(
  backend: Backend,
  { graph, parameters }: Declared,
  inputs: Inputs,
  tolerance: number,
): Promise<void> {
  const weights = weightsFor(parameters);
  const expected = evaluateGraph(graph, { inputs, weights });
  const executable = await compileGraph(backend, graph, weightReader(weights));
  const outputs = await executable.run(inputs);
  for (const [name, matrix] of expected) {
    const columns = matrix[0]!.length;
    expectClose(name, outputs[name]!, matrix.flat(), { columns, tolerance });
  }
}

export function expectClose(
  name: string,
  got: Float32Array,
  expected: ArrayLike<number>,
  { columns, tolerance }: { columns: number; tolerance: number },
): void {
  expect(got.length, `${name}: number of values`).toBe(expected.length);
  let squares = 0;
  let largest = { difference: 0, at: 0 };
  const values = Array.from(expected);
  values.forEach((value, at) => {
    const difference = Math.abs(got[at]! - value);
    squares += difference ** 2;
    if (!(difference <= largest.difference)) largest = { difference, at };
  });
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
  const where = `[${Math.floor(largest.at / columns)}, ${largest.at % columns}]`;
  expect(
    Math.sqrt(squares) / norm,
    `${name}: largest difference ${largest.difference} at ${where}`,
  ).toBeLessThanOrEqual(tolerance);
}

/** Values of an input, the same for the same name and size. */
export const matrix = (name: string, rows: number, columns: number): Float32Array =>
  seededNumbers(rows * columns, seedOf(name), 2);
export const integers = (...values: number[]): Int32Array => Int32Array.from(values);
