/**
 * The contract that every backend keeps: each operation, and both towers, within the stated distance
 * of a float64 evaluation of the unplanned graph, at sizes that are no multiple of anything.
 */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Activation, TextConfig, VisionConfig } from '../config/clip-config.ts';
import { type Affine, GraphBuilder, type Tensor } from '../graph/graph.ts';
import { planGraph, weightsOfGraphs } from '../graph/plan.ts';
import { textTower } from '../model/text.ts';
import { visionTower } from '../model/vision.ts';
import { compileGraph } from '../testing/compile-graph.ts';
import { evaluateGraph, type Matrix } from '../testing/evaluate-graph.ts';
import { seededNumbers, seedOf } from '../testing/seeded.ts';
import { describeOnWebGpu, WEBGPU_HERE } from '../testing/webgpu-here.ts';
import { weightReader } from '../testing/weight-reader.ts';
import type { Backend } from './backend.ts';
import { createGpuBackend } from './gpu/index.ts';
import { createReferenceBackend } from './reference/index.ts';
import { createWasmBackend } from './wasm/index.ts';

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

const BACKENDS: readonly [string, () => Backend | Promise<Backend>, Tolerance][] = [
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

type Inputs = Readonly<Record<string, Float32Array | Int32Array>>;

const weights = (name: string, length: number): Float32Array =>
  seededNumbers(length, seedOf(name), 0.5);

async function compare(
  backend: Backend,
  graph: ReturnType<GraphBuilder['build']>,
  g: Pick<GraphBuilder, 'parameters'>,
  inputs: Inputs,
  tolerance: number,
): Promise<void> {
  const sizes = new Map(
    g.parameters.map(({ name, shape }) => [name, shape.reduce((a, b) => a * b, 1)]),
  );
  const weightsOf = (name: string) => weights(name, sizes.get(name)!);
  const expected = evaluateGraph(graph, { inputs, weights: weightsOf });
  const executable = await compileGraph(
    backend,
    graph,
    weightReader((name) => weightsOf(name)),
  );
  const outputs = await executable.run(inputs);
  for (const [name, matrix] of expected) expectClose(name, outputs[name]!, matrix, tolerance);
}

function expectClose(name: string, got: Float32Array, matrix: Matrix, tolerance: number): void {
  const expected = matrix.flat();
  expect(got.length, `${name}: number of values`).toBe(expected.length);
  let squares = 0;
  let largest = { difference: 0, at: 0 };
  expected.forEach((value, at) => {
    const difference = Math.abs(got[at]! - value);
    squares += difference ** 2;
    if (!(difference <= largest.difference)) largest = { difference, at };
  });
  const norm = Math.sqrt(expected.reduce((sum, value) => sum + value ** 2, 0));
  const columns = matrix[0]!.length;
  const where = `[${Math.floor(largest.at / columns)}, ${largest.at % columns}]`;
  expect(
    Math.sqrt(squares) / norm,
    `${name}: largest difference ${largest.difference} at ${where}`,
  ).toBeLessThanOrEqual(tolerance);
}

const matrix = (name: string, rows: number, columns: number): Float32Array =>
  seededNumbers(rows * columns, seedOf(name), 2);
const integers = (...values: number[]): Int32Array => Int32Array.from(values);

describeOnWebGpu("gpu, in gpu.js's mode webgpu", () => {
  test('is among the backends below', () => {
    expect(BACKENDS.map(([name]) => name)).toContain("gpu, in gpu.js's mode webgpu");
  });
});

describe.each(BACKENDS)('%s', (_, create, tolerance) => {
  const fresh = async (): Promise<Backend> => {
    const backend = await create();
    onTestFinished(() => backend.dispose());
    return backend;
  };
  const run = async (
    build: (g: GraphBuilder) => Tensor,
    inputs: Inputs,
    bound = tolerance.operation,
  ) => {
    const backend = await fresh();
    const g = new GraphBuilder();
    g.output('result', build(g));
    await compare(backend, g.build(), g, inputs, bound);
  };
  const affine = (g: GraphBuilder, name: string, shape: [number, ...number[]]): Affine => ({
    weight: g.parameter(`${name}.weight`, shape),
    bias: g.parameter(`${name}.bias`, [shape[0]]),
  });

  test.each([
    [2, 3, 12, 4],
    [1, 3, 17, 5],
    [3, 1, 7, 7],
  ])('patches: %i images, %i channels, side %i, patch %i', async (batch, channels, side, patch) => {
    const columns = channels * side * side;
    await run((g) => g.patches(g.input('x', batch, columns), channels, side, patch), {
      x: matrix('x', batch, columns),
    });
  });

  test('embed takes rows by id, the first and the last of the table among them', async () => {
    await run((g) => g.embed(g.parameter('table', [11, 13]), g.input('ids', 5, 1, 'i32')), {
      ids: integers(10, 0, 3, 3, 7),
    });
  });

  test.each([
    [1, 1, 1],
    [1, 7, 3],
    [5, 13, 9],
    [50, 33, 31],
    [3, 64, 130],
    [37, 36, 44],
  ])('linear: [%i, %i] to %i columns, with a bias and without', async (rows, depth, columns) => {
    const x = matrix('x', rows, depth);
    await run(
      (g) => {
        const { weight, bias } = affine(g, 'linear', [columns, depth]);
        return g.linear(g.input('x', rows, depth), weight, bias);
      },
      { x },
    );
    await run((g) => g.linear(g.input('x', rows, depth), g.parameter('weight', [columns, depth])), {
      x,
    });
  });

  test.each<Activation>(['quick_gelu', 'gelu'])(
    '%s from −12 to 12, alone and fused into a linear layer',
    async (activation) => {
      const x = Float32Array.from({ length: 241 }, (_, i) => (i - 120) / 10);
      await run((g) => g.gelu(g.input('x', 1, 241), activation), { x });
      await run(
        (g) => {
          const { weight, bias } = affine(g, 'linear', [19, 241]);
          return g.gelu(g.linear(g.input('x', 1, 241), weight, bias), activation);
        },
        { x },
      );
    },
  );

  test.each<Activation>(['quick_gelu', 'gelu'])(
    'a linear layer with %s, and one with an addition, at sizes that fill vectors',
    async (activation) => {
      const x = matrix('x', 35, 20);
      await run(
        (g) => {
          const { weight, bias } = affine(g, 'linear', [48, 20]);
          return g.gelu(g.linear(g.input('x', 35, 20), weight, bias), activation);
        },
        { x },
      );
      await run(
        (g) => {
          const { weight, bias } = affine(g, 'linear', [20, 20]);
          const input = g.input('x', 35, 20);
          return g.add(input, g.linear(input, weight, bias));
        },
        { x },
      );
    },
  );

  test('layerNorm with a large mean, a tiny variance, and a row of equal values', async () => {
    const x = matrix('x', 3, 29);
    for (let c = 0; c < 29; c++) {
      x[c]! += 1000;
      x[29 + c]! *= 1e-3;
      x[58 + c] = 0.25;
    }
    await run((g) => g.layerNorm(g.input('x', 3, 29), affine(g, 'norm', [29]), 1e-5), { x }, 1e-6);
  });

  test.each([
    [false, 1],
    [true, 1],
    [false, 3],
    [true, 3],
  ])('attention, causal %s, %i heads, over sequences of 1, 7 and 4 rows', async (causal, heads) => {
    const inputs = {
      q: matrix('q', 12, 15),
      k: matrix('k', 12, 15),
      v: matrix('v', 12, 15),
      offsets: integers(0, 1, 8, 12),
    };
    await run((g) => {
      const [q, k, v] = ['q', 'k', 'v'].map((name) => g.input(name, 12, 15)) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      return g.attention(q, k, v, { offsets: g.input('offsets', 4, 1, 'i32'), heads, causal });
    }, inputs);
  });

  test('attention with scores far from 0 stays finite', async () => {
    const q = matrix('q', 6, 8).map((value) => value * 60);
    await run(
      (g) => {
        const x = g.input('q', 6, 8);
        const offsets = g.input('offsets', 2, 1, 'i32');
        return g.attention(x, x, x, { offsets, heads: 2, causal: false });
      },
      { q, offsets: integers(0, 6) },
      1e-6,
    );
  });

  test('add of two tensors, and of a table that repeats', async () => {
    await run((g) => g.add(g.input('x', 7, 5), g.input('y', 7, 5)), {
      x: matrix('x', 7, 5),
      y: matrix('y', 7, 5),
    });
    await run((g) => g.add(g.input('x', 6, 5), g.parameter('table', [3, 5])), {
      x: matrix('x', 6, 5),
    });
  });

  test('prepend puts the row in front of each sequence', async () => {
    await run((g) => g.prepend(g.input('x', 6, 5), g.parameter('row', [5]), 3), {
      x: matrix('x', 6, 5),
    });
  });

  test('select takes rows in any order, more than once', async () => {
    await run((g) => g.select(g.input('x', 6, 5), g.input('rows', 4, 1, 'i32')), {
      x: matrix('x', 6, 5),
      rows: integers(5, 0, 5, 2),
    });
  });

  test('l2Normalize leaves a row of zeros as it is', async () => {
    const x = matrix('x', 3, 7);
    x.fill(0, 7, 14);
    await run((g) => g.l2Normalize(g.input('x', 3, 7)), { x });
  });

  test('a linear layer whose result is used twice is not fused away', async () => {
    await run(
      (g) => {
        const y = g.linear(g.input('x', 4, 6), g.parameter('weight', [6, 6]));
        return g.add(g.gelu(y, 'gelu'), y);
      },
      { x: matrix('x', 4, 6) },
    );
  });

  test.each([1, 3])('the image tower, %i images', async (batch) => {
    const { graph, parameters } = visionTower(ODD_VISION, 10, batch);
    const tokens = ODD_VISION.patches + 1;
    const offsets = Int32Array.from({ length: batch + 1 }, (_, i) => i * tokens);
    const inputs = {
      pixels: matrix('pixels', batch, 3 * 17 * 17),
      offsets,
      classRows: offsets.slice(0, batch),
    };
    const backend = await fresh();
    await compare(backend, graph, { parameters }, inputs, tolerance.tower);
  });

  test('the text tower, texts of 2, 9 and 5 tokens in one batch', async () => {
    const { graph, parameters } = textTower(ODD_TEXT, 10, { texts: 3, tokens: 16 });
    const inputs = {
      ids: Int32Array.from({ length: 16 }, (_, i) => (i * 7) % 23),
      positions: integers(0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4),
      offsets: integers(0, 2, 11, 16),
      endRows: integers(1, 10, 15),
    };
    const backend = await fresh();
    await compare(backend, graph, { parameters }, inputs, tolerance.tower);
  });

  test('runs that overlap do not disturb each other, and give what they give alone', async () => {
    const { graph, parameters } = visionTower(ODD_VISION, 10, 1);
    const sizes = new Map(
      parameters.map(({ name, shape }) => [name, shape.reduce((a, b) => a * b, 1)]),
    );
    const backend = await fresh();
    const executable = await compileGraph(
      backend,
      graph,
      weightReader((name) => weights(name, sizes.get(name)!)),
    );
    const inputsOf = (seed: number) => ({
      pixels: seededNumbers(3 * 17 * 17, seed),
      offsets: integers(0, ODD_VISION.patches + 1),
      classRows: integers(0),
    });
    const together = await Promise.all([1, 2, 3, 4].map((seed) => executable.run(inputsOf(seed))));
    for (const [i, outputs] of together.entries()) {
      expect(outputs).toEqual(await executable.run(inputsOf(i + 1)));
    }
    expect(together[0]).not.toEqual(together[1]);
  });

  test('a run with an input missing or of a wrong size is refused, the next one runs', async () => {
    const backend = await fresh();
    const g = new GraphBuilder();
    g.output('result', g.l2Normalize(g.input('x', 2, 3)));
    const executable = await compileGraph(backend, g.build());
    await expect(executable.run({})).rejects.toThrow('input x: expected 6 of Float32Array');
    await expect(executable.run({ x: new Float32Array(5) })).rejects.toThrow('got 5');
    await expect(executable.run({ x: new Int32Array(6) })).rejects.toThrow('got 6 of Int32Array');
    const { result } = await executable.run({ x: Float32Array.of(3, 0, 4, 0, 0, 2) });
    expect(result![0]).toBeCloseTo(0.6);
  });

  test('weights are read once for all plans, and a plan that reads others is refused', async () => {
    const backend = await fresh();
    const linear = (rows: number, name: string) => {
      const g = new GraphBuilder();
      g.output('result', g.linear(g.input('x', rows, 3), g.parameter(name, [2, 3])));
      return g.build();
    };
    const reads: string[] = [];
    const reader = weightReader((name) => {
      reads.push(name);
      return Float32Array.of(1, 2, 3, 4, 5, 6);
    });
    const loaded = await backend.load(weightsOfGraphs([linear(1, 'w'), linear(2, 'w')]), reader);
    for (const rows of [1, 2]) {
      const { run } = loaded.compile(planGraph(linear(rows, 'w')));
      const { result } = await run({ x: new Float32Array(3 * rows).fill(1) });
      expect(result).toHaveLength(2 * rows);
    }
    expect(reads).toEqual(['w']);
    const other = async () =>
      loaded.compile(planGraph(linear(1, 'other'))).run({ x: new Float32Array(3) });
    await expect(other()).rejects.toThrow('linear other was not loaded');
  });

  test('after dispose a run rejects with DISPOSED', async () => {
    const backend = await fresh();
    const g = new GraphBuilder();
    g.output('result', g.l2Normalize(g.input('x', 1, 2)));
    const executable = await compileGraph(backend, g.build());
    const before = executable.run({ x: Float32Array.of(1, 1) });
    backend.dispose();
    await expect(before).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(executable.run({ x: Float32Array.of(1, 1) })).rejects.toMatchObject({
      code: 'DISPOSED',
    });
  });
});

const ODD_VISION: VisionConfig = {
  imageSize: 17,
  patchSize: 5,
  channels: 3,
  patches: 9,
  width: 21,
  layers: 2,
  heads: 3,
  mlpWidth: 37,
  activation: 'gelu',
  epsilon: 1e-5,
};

const ODD_TEXT: TextConfig = {
  vocabularySize: 23,
  contextLength: 11,
  endToken: 'highest',
  width: 14,
  layers: 2,
  heads: 2,
  mlpWidth: 27,
  activation: 'quick_gelu',
  epsilon: 1e-5,
};
