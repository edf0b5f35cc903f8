/**
 * The contract that every backend keeps: each operation within the stated distance of a float64
 * evaluation of the unplanned graph, at sizes that are no multiple of anything.
 */
import { describe, expect, test } from 'vitest';
import type { Activation } from '../../config/clip-config.ts';
import { type Affine, GraphBuilder, type Tensor } from '../../graph/graph.ts';
import {
  BACKENDS,
  expectConform,
  type Inputs,
  integers,
  matrix,
  openedForAll,
} from '../../testing/conformance.ts';
import { describeOnWebGpu } from '../../testing/webgpu-here.ts';

describeOnWebGpu("gpu, in gpu.js's mode webgpu", () => {
  test('is among the backends below', () => {
    expect(BACKENDS.map(([name]) => name)).toContain("gpu, in gpu.js's mode webgpu");
  });
});

describe.each(BACKENDS)('%s', (_, create, tolerance) => {
  const backend = openedForAll(create);
  const run = async (
    build: (g: GraphBuilder) => Tensor,
    inputs: Inputs,
    bound = tolerance.operation,
  ) => {
    const g = new GraphBuilder();
    g.output('result', build(g));
    await expectConform(backend(), { graph: g.build(), parameters: g.parameters }, inputs, bound);
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

  test.each<Activation>(['quick_gelu', 'gelu', 'gelu_tanh'])(
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

  test.each<Activation>(['quick_gelu', 'gelu', 'gelu_tanh'])(
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

  test.each([8, 24, 40, 80])('attention with heads of %i columns', async (width) => {
    const names = ['q', 'k', 'v'] as const;
    const values = names.map((name) => [name, matrix(name, 11, 2 * width)]);
    await run(
      (g) => {
        const [q, k, v] = names.map((name) => g.input(name, 11, 2 * width));
        const offsets = g.input('offsets', 3, 1, 'i32');
        return g.attention(q!, k!, v!, { offsets, heads: 2, causal: false });
      },
      { ...Object.fromEntries(values), offsets: integers(0, 4, 11) },
    );
  });

  test.each([1, 3])(
    'attention of %i queries to each sequence, of 5, 1 and 3 rows',
    async (queries) => {
      await run(
        (g) => {
          const query = g.linear(g.input('probe', 3 * queries, 6), g.parameter('q', [10, 6]));
          const x = g.input('x', 9, 7);
          const key = g.linear(x, g.parameter('k', [10, 7]), g.parameter('k.bias', [10]));
          const value = g.linear(x, g.parameter('v', [10, 7]), g.parameter('v.bias', [10]));
          const offsets = g.input('offsets', 4, 1, 'i32');
          return g.attention(query, key, value, { offsets, heads: 2, causal: false, queries });
        },
        {
          probe: matrix('probe', 3 * queries, 6),
          x: matrix('x', 9, 7),
          offsets: integers(0, 5, 6, 9),
        },
        tolerance.tower,
      );
    },
  );

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
});
