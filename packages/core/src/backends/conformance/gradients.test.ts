/**
 * The contract that every backend with gradients keeps: the vector–Jacobian product of each operation within the
 * stated distance of finite differences, and that of a linear one the adjoint, at sizes that are no multiple of anything.
 */
import { describe, expect, test } from 'vitest';
import type { Activation } from '../../config/clip-config.ts';
import type { ImageWindow, Rectifier } from '../../graph/forward-operands.ts';
import { GraphBuilder, type Tensor } from '../../graph/graph.ts';
import {
  FORWARD_BACKENDS,
  GRADIENT_BACKENDS,
  type Inputs,
  integers,
  matrix,
  opened,
  openedForAll,
} from '../../testing/conformance.ts';
import {
  cotangentFor,
  type Derivatives,
  type Differentiated,
  derivativesOf,
  expectAdjoint,
  expectDerivatives,
  gradientOn,
} from '../../testing/gradient-conformance.ts';

interface Case {
  readonly rows: number;
  readonly columns: number;
  /** Inputs besides x. */
  readonly others?: Inputs;
  readonly build: (g: GraphBuilder, x: Tensor) => Tensor;
}

const declare = ({ rows, columns, build }: Case): Differentiated => {
  const g = new GraphBuilder();
  g.output('result', build(g, g.input('x', rows, columns)));
  return { graph: g.build(), parameters: g.parameters, of: 'result', by: 'x' };
};
const inputsOf = ({ rows, columns, others }: Case): Inputs => ({
  x: matrix('x', rows, columns),
  ...others,
});

const linear = (g: GraphBuilder, x: Tensor, name: string, columns: number) =>
  g.linear(x, g.parameter(name, [columns, x.columns]), g.parameter(`${name}.bias`, [columns]));
const depthwise = (g: GraphBuilder, x: Tensor, window: ImageWindow) => {
  const weight = g.parameter('weight', [window.kernel ** 2, x.columns]);
  return g.depthwise(x, { weight, bias: g.parameter('bias', [x.columns]) }, window);
};
const norm = (g: GraphBuilder, x: Tensor) =>
  g.layerNorm(
    x,
    { weight: g.parameter('norm', [x.columns]), bias: g.parameter('norm.bias', [x.columns]) },
    1e-5,
  );

const WINDOWS: readonly ImageWindow[] = [
  { side: 9, kernel: 3, stride: 1, before: 1, outSide: 9 },
  { side: 8, kernel: 3, stride: 2, before: 0, outSide: 4 },
  { side: 7, kernel: 3, stride: 2, before: 1, outSide: 4 },
  { side: 11, kernel: 5, stride: 1, before: 2, outSide: 11 },
  { side: 8, kernel: 5, stride: 2, before: 1, outSide: 4 },
  { side: 3, kernel: 5, stride: 1, before: 2, outSide: 3 },
  { side: 2, kernel: 5, stride: 2, before: 1, outSide: 1 },
  { side: 8, kernel: 7, stride: 3, before: 3, outSide: 3 },
  { side: 4, kernel: 1, stride: 2, before: 0, outSide: 2 },
];

const ofImages = (
  { side, kernel, stride }: ImageWindow,
  [images, columns]: readonly [number, number],
  build: Case['build'],
): readonly [string, Case] => [
  `${kernel} × ${kernel} over ${images} of ${side} × ${side} in steps of ${stride}, ${columns} channels`,
  { rows: images * side * side, columns, build },
];

const LINEAR: readonly (readonly [string, Case])[] = [
  ...(
    [
      [1, 1, 1],
      [5, 13, 9],
      [7, 33, 31],
      [50, 36, 16],
      [9, 24, 44],
      [67, 8, 16],
    ] as const
  ).map(([rows, columns, out]): readonly [string, Case] => [
    `linear: [${rows}, ${columns}] to ${out}`,
    { rows, columns, build: (g, x) => linear(g, x, 'w', out) },
  ]),
  ['patches', { rows: 2, columns: 3 * 17 * 17, build: (g, x) => g.patches(x, 3, 17, 5) }],
  ['patches of a pixel', { rows: 2, columns: 3 * 25, build: (g, x) => g.patches(x, 3, 5, 1) }],
  ...WINDOWS.flatMap((window) => [
    ofImages(window, [1, 3], (g, x) => g.windows(x, window)),
    ofImages(window, [2, 21], (g, x) => depthwise(g, x, window)),
  ]),
  ['averagePool', { rows: 2 * 25, columns: 11, build: (g, x) => g.averagePool(x, 5, 2) }],
  ['averagePool of all', { rows: 2 * 9, columns: 8, build: (g, x) => g.averagePool(x, 3, 3) }],
  ['add', { rows: 7, columns: 5, build: (g, x) => g.add(linear(g, x, 'w', 5), x) }],
  ['addTable', { rows: 6, columns: 5, build: (g, x) => g.add(x, g.parameter('table', [3, 5])) }],
  ['prepend', { rows: 6, columns: 5, build: (g, x) => g.prepend(x, g.parameter('row', [5]), 3) }],
  ['prependMean', { rows: 12, columns: 7, build: (g, x) => g.prependMean(x, 4) }],
  [
    'select, in any order and more than once',
    {
      rows: 6,
      columns: 5,
      others: { rows: integers(5, 0, 5, 2) },
      // The mean before it keeps the rows from being selected earlier.
      build: (g, x) => g.select(g.prependMean(x, 3), g.input('rows', 4, 1, 'i32')),
    },
  ],
];

const attention = (
  rows: number,
  columns: number,
  heads: number,
  offsets: Int32Array,
): readonly [string, Case] => [
  `attention: ${heads} heads of ${columns / heads} columns`,
  {
    rows,
    columns,
    others: { offsets },
    build: (g, x) => {
      const [q, k, v] = ['q', 'k', 'v'].map((name) => linear(g, x, name, columns));
      const starts = g.input('offsets', offsets.length, 1, 'i32');
      return g.attention(q!, k!, v!, { offsets: starts, heads, causal: false, longest: 7 });
    },
  },
];

const CURVED: readonly (readonly [string, Case])[] = [
  ...(['quick_gelu', 'gelu', 'gelu_tanh'] as const).map(
    (activation: Activation): readonly [string, Case] => [
      activation,
      { rows: 5, columns: 7, build: (g, x) => g.gelu(linear(g, x, 'w', 11), activation) },
    ],
  ),
  ...(['relu', 'relu6'] as const).flatMap(
    (activation: Rectifier): readonly (readonly [string, Case])[] => [
      [
        `${activation} of a linear layer`,
        // Wide enough for sums beyond 6.
        { rows: 5, columns: 401, build: (g, x) => g.relu(linear(g, x, 'w', 19), activation) },
      ],
      [
        `${activation} of a depthwise convolution`,
        {
          rows: 49,
          columns: 6,
          build: (g, x) => {
            const window = { side: 7, kernel: 3, stride: 1, before: 1, outSide: 7 };
            return g.relu(depthwise(g, x, window), activation);
          },
        },
      ],
    ],
  ),
  ['layerNorm', { rows: 3, columns: 29, build: norm }],
  ['layerNorm that fills vectors', { rows: 3, columns: 24, build: norm }],
  ['l2Normalize', { rows: 3, columns: 7, build: (g, x) => g.l2Normalize(x) }],
  attention(12, 15, 3, integers(0, 1, 8, 12)),
  attention(12, 16, 2, integers(0, 7, 8, 12)),
  [
    'attention of queries that do not depend on the input',
    {
      rows: 9,
      columns: 7,
      others: { offsets: integers(0, 5, 6, 9), ids: integers(0, 0, 0) },
      build: (g, x) => {
        const query = linear(
          g,
          g.embed(g.parameter('table', [1, 6]), g.input('ids', 3, 1, 'i32')),
          'q',
          10,
        );
        const offsets = g.input('offsets', 4, 1, 'i32');
        const options = { offsets, heads: 2, causal: false, queries: 1, longest: 6 };
        return g.attention(query, linear(g, x, 'k', 10), linear(g, x, 'v', 10), options);
      },
    },
  ],
  [
    'attention of queries that do',
    {
      rows: 9,
      columns: 7,
      others: { offsets: integers(0, 4, 8, 12), rows: integers(0, 4, 8) },
      build: (g, x) => {
        const tokens = g.prependMean(x, 3);
        const query = linear(g, g.select(tokens, g.input('rows', 3, 1, 'i32')), 'q', 10);
        const offsets = g.input('offsets', 4, 1, 'i32');
        const options = { offsets, heads: 2, causal: false, queries: 1 };
        return g.attention(query, linear(g, tokens, 'k', 10), linear(g, tokens, 'v', 10), options);
      },
    },
  ],
];

/** Derivatives of a case that are compared, at most. */
const COMPARED = 48;

/** The finite differences of each case, which are the same for all backends. */
const known = new Map<Case, Derivatives>();

describe.each(GRADIENT_BACKENDS)('%s', (_, create, tolerance) => {
  const backend = openedForAll(create);

  test.each(LINEAR)('adjoint, %s', async (_, tested) => {
    await expectAdjoint(backend(), declare(tested), inputsOf(tested), tolerance.tower);
  });

  test.each([...LINEAR, ...CURVED])('finite differences, %s', async (_, tested) => {
    const [declared, inputs] = [declare(tested), inputsOf(tested)];
    const derivatives = known.get(tested) ?? derivativesOf(declared, inputs, COMPARED);
    known.set(tested, derivatives);
    await expectDerivatives(backend(), declared, inputs, derivatives, tolerance.tower);
  });
});

describe.each(FORWARD_BACKENDS)('%s', (_, create) => {
  test('refuses gradients, and says what has them', async () => {
    const tested: Case = { rows: 2, columns: 3, build: (g, x) => g.l2Normalize(x) };
    const declared = declare(tested);
    const run = async () =>
      gradientOn(await opened(create), declared, inputsOf(tested), cotangentFor(declared));
    await expect(run()).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(/^expected backend wasm in precision f32 for gradients, got/),
    });
  });
});
