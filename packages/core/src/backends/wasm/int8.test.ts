/**
 * The int8 linear layer against the same arithmetic written out here: rows to 0…127, columns to
 * −127…127, an exact integer sum, one scaling. What quantising itself costs is measured by the
 * benchmarks on whole models.
 */
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Graph, GraphBuilder } from '../../graph/graph.ts';
import { compileGraph } from '../../testing/compile-graph.ts';
import { seededNumbers } from '../../testing/seeded.ts';
import { weightReader } from '../../testing/weight-reader.ts';
import { createWasmBackend } from './index.ts';

function linearGraph(rows: number, depth: number, columns: number): Graph {
  const g = new GraphBuilder();
  const weight = g.parameter('weight', [columns, depth]);
  const bias = g.parameter('bias', [columns]);
  g.output('result', g.linear(g.input('x', rows, depth), weight, bias));
  return g.build();
}

function quantizedLinear(
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  depth: number,
): number[] {
  const columns = bias.length;
  const rows = x.length / depth;
  const steps = Array.from({ length: columns }, (_, n) => {
    const row = weight.subarray(n * depth, (n + 1) * depth);
    const scale = Math.max(...row.map(Math.abs)) / 127 || 1;
    return { scale, levels: Array.from(row, (value) => Math.round(value / scale)) };
  });
  return Array.from({ length: rows }, (_, r) => {
    const row = x.subarray(r * depth, (r + 1) * depth);
    const [low, high] = [Math.min(0, ...row), Math.max(0, ...row)];
    const scale = Math.fround((high - low) / 127) || 1;
    const inverse = Math.fround(1 / scale);
    const zero = roundToEven(Math.fround(-low * inverse));
    const levels = Array.from(row, (value) =>
      Math.min(127, Math.max(0, roundToEven(Math.fround(value * inverse)) + zero)),
    );
    return steps.map((column, n) => {
      const sum = column.levels.reduce((total, level, k) => total + level * (levels[k]! - zero), 0);
      return sum * scale * column.scale + bias[n]!;
    });
  }).flat();
}

function roundToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

async function run(
  simd: 'plain' | 'relaxed',
  [rows, depth, columns]: readonly [number, number, number],
  weights: { weight: Float32Array; bias: Float32Array },
  x: Float32Array,
): Promise<Float32Array> {
  const backend = createWasmBackend({ simd, precision: 'int8', threads: 2 });
  onTestFinished(() => backend.dispose());
  const executable = await compileGraph(
    backend,
    linearGraph(rows, depth, columns),
    weightReader((name) => (name === 'weight' ? weights.weight : weights.bias)),
  );
  return (await executable.run({ x })).result!;
}

describe.each(['plain', 'relaxed'] as const)('%s SIMD', (simd) => {
  test.each([
    [1, 1, 1],
    [7, 3, 5],
    [6, 16, 8],
    [13, 33, 17],
    [50, 192, 31],
    [3, 1024, 100],
  ])('a linear layer [%i, %i] to %i columns is the quantised arithmetic', async (...shape) => {
    const [rows, depth, columns] = shape;
    const weights = {
      weight: seededNumbers(columns * depth, 3),
      bias: seededNumbers(columns, 4),
    };
    const x = seededNumbers(rows * depth, 5, 3);
    const got = await run(simd, shape, weights, x);
    const expected = quantizedLinear(x, weights.weight, weights.bias, depth);
    const largest = Math.max(...expected.map((value, i) => Math.abs(value - got[i]!)));
    const magnitude = Math.max(...expected.map(Math.abs));
    expect(largest / magnitude, 'largest difference by largest value').toBeLessThan(1e-6);
  });

  test('rows of one sign, of zeros, and of the largest sums that can come are exact', async () => {
    const depth = 3072;
    const x = new Float32Array(4 * depth);
    x.fill(5, 0, depth);
    x.fill(-5, depth, 2 * depth);
    x.set([1e-30], 3 * depth);
    const weight = new Float32Array(2 * depth).fill(-1).fill(1, depth);
    const bias = Float32Array.of(0.5, -0.5);
    const got = await run(simd, [4, depth, 2], { weight, bias }, x);
    const expected = [-15359.5, 15359.5, 15360.5, -15360.5, 0.5, -0.5, 0.5, -0.5];
    expected.forEach((value, i) => {
      expect(Math.abs(got[i]! - value), `value ${i}`).toBeLessThanOrEqual(Math.abs(value) * 1e-6);
    });
  });
});

test('the weights of a linear layer take a quarter of what they take in float32', async () => {
  const shape = [1, 1024, 1024] as const;
  const weights = { weight: seededNumbers(1024 * 1024, 1), bias: new Float32Array(1024) };
  const bytes = async (precision: 'f32' | 'int8') => {
    const backend = createWasmBackend({ precision });
    onTestFinished(() => backend.dispose());
    await compileGraph(
      backend,
      linearGraph(...shape),
      weightReader((name) => (name === 'weight' ? weights.weight : weights.bias)),
    );
    return backend.memoryBytes;
  };
  expect((await bytes('int8')) / (await bytes('f32'))).toBeLessThan(0.28);
});
