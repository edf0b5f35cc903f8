/**
 * The contract that every backend keeps, for the operations of convolutional networks: each within the stated
 * distance of a float64 evaluation of the unplanned graph, at sizes that are no multiple of anything.
 */
import { describe, expect, test } from 'vitest';
import type { ImageWindow, Rectifier } from '../../graph/forward-operands.ts';
import { GraphBuilder, type Tensor } from '../../graph/graph.ts';
import { planGraph } from '../../graph/plan.ts';
import { BACKENDS, expectConform, matrix, openedForAll } from '../../testing/conformance.ts';

/** The uneven padding of TensorFlow, [side, kernel, stride], and PyTorch's, with its padding. */
const WINDOWS: readonly (readonly [string, ImageWindow])[] = [
  ['3 × 3 over 9 × 9, padding even', { side: 9, kernel: 3, stride: 1, before: 1, outSide: 9 }],
  ['3 × 3 over 12 × 12, more behind', { side: 12, kernel: 3, stride: 2, before: 0, outSide: 6 }],
  ['3 × 3 over 13 × 13 in twos', { side: 13, kernel: 3, stride: 2, before: 1, outSide: 7 }],
  ['5 × 5 over 11 × 11', { side: 11, kernel: 5, stride: 1, before: 2, outSide: 11 }],
  ['5 × 5 over 14 × 14, more behind', { side: 14, kernel: 5, stride: 2, before: 1, outSide: 7 }],
  ['5 × 5 over 3 × 3, wider than it', { side: 3, kernel: 5, stride: 1, before: 2, outSide: 3 }],
  ['5 × 5 over 2 × 2 in twos', { side: 2, kernel: 5, stride: 2, before: 1, outSide: 1 }],
  ['7 × 7 over 8 × 8 in threes', { side: 8, kernel: 7, stride: 3, before: 3, outSide: 3 }],
  ['1 × 1 over 4 × 4 in twos', { side: 4, kernel: 1, stride: 2, before: 0, outSide: 2 }],
];

describe.each(BACKENDS)('%s', (_, create, tolerance) => {
  const backend = openedForAll(create);
  const runAll = async (
    cases: readonly {
      readonly rows: number;
      readonly columns: number;
      readonly outputs: readonly ((g: GraphBuilder, x: Tensor) => Tensor)[];
    }[],
    bound = tolerance.operation,
  ) => {
    for (const { rows, columns, outputs } of cases) {
      const g = new GraphBuilder();
      const x = g.input('x', rows, columns);
      for (const [i, output] of outputs.entries()) g.output(`result ${i}`, output(g, x));
      const tower = { graph: g.build(), parameters: g.parameters };
      await expectConform(backend(), tower, { x: matrix('x', rows, columns) }, bound);
    }
  };
  const run = (
    rows: number,
    columns: number,
    output: (g: GraphBuilder, x: Tensor) => Tensor,
    bound?: number,
  ) => runAll([{ rows, columns, outputs: [output] }], bound);
  const depthwise = (g: GraphBuilder, x: Tensor, window: ImageWindow) => {
    const weight = g.parameter('weight', [window.kernel ** 2, x.columns]);
    return g.depthwise(x, { weight, bias: g.parameter('bias', [x.columns]) }, window);
  };
  const pointwise = (g: GraphBuilder, x: Tensor, name: string, out: number) =>
    g.linear(x, g.parameter(name, [out, x.columns]), g.parameter(`${name}.bias`, [out]));

  test.each(WINDOWS)('windows and a depthwise convolution: %s', async (_, window) => {
    await runAll(
      [
        [1, 5],
        [3, 23],
      ].map(([images, columns]) => ({
        rows: images! * window.side ** 2,
        columns: columns!,
        outputs: [(g, x) => g.windows(x, window), (g, x) => depthwise(g, x, window)],
      })),
    );
  });

  test.each<Rectifier>(['relu', 'relu6'])(
    '%s alone, fused into a linear layer, and into a depthwise convolution',
    async (activation) => {
      const window = { side: 7, kernel: 3, stride: 1, before: 1, outSide: 7 };
      const alone = (g: GraphBuilder, x: Tensor) => g.relu(x, activation);
      const inLinear = (g: GraphBuilder, x: Tensor) => g.relu(pointwise(g, x, 'w', 19), activation);
      const inDepthwise = (g: GraphBuilder, x: Tensor) =>
        g.relu(depthwise(g, x, window), activation);
      await runAll([
        { rows: 49, columns: 13, outputs: [alone, inLinear, inDepthwise] },
        { rows: 5, columns: 12, outputs: [(g, x) => g.relu(pointwise(g, x, 'w', 16), activation)] },
      ]);
    },
  );

  test('averagePool of squares, of whole images, and of a side that they do not divide', async () => {
    await runAll(
      [
        [6, 2],
        [7, 7],
        [5, 2],
      ].map(([side, kernel]) => ({
        rows: 2 * side! ** 2,
        columns: 11,
        outputs: [(g, x) => g.averagePool(x, side!, kernel!)],
      })),
    );
  });

  test('prependMean puts each sequence’s mean in front of it', async () => {
    await run(12, 7, (g, x) => g.prependMean(x, 4));
  });

  test.each([
    [301, 17, 9],
    [800, 24, 40],
  ])(
    'a linear layer of %i rows, which are more than its columns: %i to %i',
    async (rows, depth, columns) => {
      await run(rows, depth, (g, x) => pointwise(g, x, 'w', columns));
    },
  );

  test.each([1, 3])('an inverted residual block, %i images', async (images) => {
    const window = { side: 6, kernel: 5, stride: 1, before: 2, outSide: 6 };
    await run(
      images * 36,
      7,
      (g, x) => {
        const expanded = g.relu(pointwise(g, x, 'expand', 21), 'relu6');
        const filtered = g.relu(depthwise(g, expanded, window), 'relu6');
        return g.add(pointwise(g, filtered, 'project', 7), x);
      },
      tolerance.tower,
    );
  });
});

test('an inverted residual block is three steps', () => {
  const g = new GraphBuilder();
  const x = g.input('x', 36, 8);
  const affine = (name: string, shape: readonly [number, number], bias: number) => ({
    weight: g.parameter(name, shape),
    bias: g.parameter(`${name}.bias`, [bias]),
  });
  const expand = affine('expand', [16, 8], 16);
  const expanded = g.relu(g.linear(x, expand.weight, expand.bias), 'relu6');
  const window = { side: 6, kernel: 3, stride: 1, before: 1, outSide: 6 };
  const filtered = g.relu(g.depthwise(expanded, affine('filter', [9, 16], 16), window), 'relu6');
  g.output('result', g.add(x, g.linear(filtered, g.parameter('project', [8, 16]))));
  const { steps } = planGraph(g.build());
  expect(steps.map((step) => [step.op, 'activation' in step && step.activation])).toEqual([
    ['linear', 'relu6'],
    ['depthwise', 'relu6'],
    ['linear', undefined],
  ]);
});
