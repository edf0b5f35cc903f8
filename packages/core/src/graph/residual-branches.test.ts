import { expect, test } from 'vitest';
import { parseConfig } from '../config/config-json.ts';
import { imageTowerOf } from '../model/towers.ts';
import { evaluateGraph } from '../testing/evaluate-graph.ts';
import { ODD_SIGLIP_VISION } from '../testing/odd-towers.ts';
import { seededNumbers } from '../testing/seeded.ts';
import { GraphBuilder } from './graph.ts';
import { planGraph } from './plan.ts';
import { residualBranches, withoutBranches } from './residual-branches.ts';

const VIT_B_32 = parseConfig(new TextEncoder().encode('{}'));
const SIDE = { imageSize: 224, channels: 3 } as const;

test.each([
  ['a transformer’s attentions and MLPs', VIT_B_32.vision, 24],
  ['those and the pool’s MLP', ODD_SIGLIP_VISION, 5],
  [
    'a ResNet’s blocks but the first of each stage',
    { tower: 'resnet', ...SIDE, width: 64, blocks: [3, 4, 6, 3], heads: 32 } as const,
    12,
  ],
  [
    'an EfficientNet’s blocks but the first of each stage',
    { tower: 'efficientnet-lite', ...SIDE } as const,
    9,
  ],
])('residual branches are %s', (_what, vision, count) => {
  expect(residualBranches(imageTowerOf({ ...VIT_B_32, vision }, 1).graph)).toBe(count);
});

test('of a sum without its branch x remains, and the rest is as it was', () => {
  const g = new GraphBuilder();
  const linear = (x: ReturnType<typeof g.input>, name: string) =>
    g.linear(x, g.parameter(name, [4, 4]));
  const x = g.input('x', 3, 4);
  const first = g.add(x, linear(x, 'a'));
  const chosen = g.select(first, g.input('rows', 2, 1, 'i32'));
  const second = g.add(chosen, g.select(linear(first, 'b'), g.input('rows', 2, 1, 'i32')));
  // Neither is made from the other.
  g.output('y', g.add(linear(second, 'c'), linear(second, 'd')));
  const graph = g.build();
  expect(residualBranches(graph)).toBe(2);

  const weights = (name: string) => seededNumbers(16, name.charCodeAt(0));
  const inputs = { x: seededNumbers(12, 1), rows: Int32Array.of(2, 0) };
  const y = (dropped: readonly number[], without: string) => {
    const zeros = (name: string) =>
      weights(name).map((value) => (without.includes(name) ? 0 : value));
    return [
      evaluateGraph(withoutBranches(graph, dropped), { inputs, weights }).get('y'),
      evaluateGraph(graph, { inputs, weights: zeros }).get('y'),
    ];
  };
  for (const [dropped, without] of [
    [[], ''],
    [[0], 'a'],
    [[1], 'b'],
    [[1, 0], 'ab'],
  ] as const) {
    const [got, expected] = y(dropped, without);
    expect(got).toEqual(expected);
  }
});

test('what only a dropped branch needs is not computed', () => {
  const { graph } = imageTowerOf(VIT_B_32, 1);
  const { steps } = planGraph(withoutBranches(graph, [0, 3]));
  const all = planGraph(graph).steps;
  const saved = (op: string) =>
    all.filter((step) => step.op === op).length - steps.filter((step) => step.op === op).length;
  expect(['attention', 'linear', 'layerNorm'].map(saved)).toEqual([1, 4, 2]);
});
