import { expect, test } from 'vitest';
import { parseConfig } from '../config/config-json.ts';
import { textTower } from '../model/clip-text.ts';
import { imageTowerOf } from '../model/towers.ts';
import { layOutArena } from './arena.ts';
import { fuse } from './fuse.ts';
import { GraphBuilder } from './graph.ts';
import { matricesOf } from './operation.ts';
import { planGraph } from './plan.ts';
import { selectEarly } from './select-early.ts';
import type { Step } from './step.ts';

const VIT_B_32 = parseConfig(new TextEncoder().encode('{}'));
const TEXT = {
  tower: 'clip',
  vocabularySize: 100,
  contextLength: 77,
  endToken: 'highest',
  width: 64,
  layers: 2,
  heads: 2,
  mlpWidth: 256,
  activation: 'gelu',
  epsilon: 1e-5,
} as const;

const linears = (steps: readonly Step[]) =>
  steps.filter((step): step is Extract<Step, { op: 'linear' }> => step.op === 'linear');

test('a block is one linear layer for q, k and v, and no GELU or addition stays on its own', () => {
  const { steps } = planGraph(imageTowerOf(VIT_B_32, 2).graph);
  const block = linears(steps).slice(1, 5);
  expect(
    block.map(({ out, x, activation, residual }) => [
      x.columns,
      out.columns,
      activation,
      residual !== undefined,
    ]),
  ).toEqual([
    [768, 3 * 768, undefined, false],
    [768, 768, undefined, true],
    [768, 3072, 'quick_gelu', false],
    [3072, 768, undefined, true],
  ]);
  expect(steps.filter(({ op }) => op === 'gelu' || op === 'add')).toEqual([]);
});

test('the last attention is asked by the class rows alone, and only they are computed after it', () => {
  const { steps } = planGraph(imageTowerOf(VIT_B_32, 2).graph);
  const rest = steps.slice(steps.findLastIndex(({ op }) => op === 'attention'));
  expect(rest.map(({ op, out }) => [op, out.rows])).toEqual([
    ['attention', 2],
    ['linear', 2],
    ['layerNorm', 2],
    ['linear', 2],
    ['linear', 2],
    ['layerNorm', 2],
    ['linear', 2],
    ['l2Normalize', 2],
  ]);
});

test('a select stays where another operation needs the rows that it drops', () => {
  const g = new GraphBuilder();
  const x = g.layerNorm(
    g.input('x', 6, 4),
    { weight: g.parameter('weight', [4]), bias: g.parameter('bias', [4]) },
    1e-5,
  );
  const picked = g.select(x, g.input('rows', 2, 1, 'i32'));
  g.output('all', x);
  g.output('picked', picked);
  const { outputs } = selectEarly(g.build());
  expect(outputs.get('picked')?.operation).toMatchObject({ op: 'select', x: { rows: 6 } });
});

test.each([
  [
    'image tower',
    imageTowerOf(
      parseConfig(new TextEncoder().encode('{"vision_config":{"num_hidden_layers":3}}')),
      3,
    ).graph,
  ],
  ['text tower', textTower(TEXT, 32, { texts: 3, tokens: 19 }).graph],
])('no two matrices of the %s that are alive at once overlap in the arena', (_, graph) => {
  const fused = fuse(selectEarly(graph));
  const { offsets, words } = layOutArena(fused);
  const owner = new Map<number, unknown>();
  const claim = (buffer: { rows: number; columns: number }) => {
    const start = offsets.get(buffer)!;
    expect(start % 16).toBe(0);
    expect(start + buffer.rows * buffer.columns).toBeLessThanOrEqual(words);
    for (let i = 0; i < buffer.rows * buffer.columns; i++) owner.set(start + i, buffer);
  };
  const expectIntact = (buffer: { rows: number; columns: number }) => {
    const start = offsets.get(buffer)!;
    for (let i = 0; i < buffer.rows * buffer.columns; i++) {
      if (owner.get(start + i) !== buffer) throw new Error(`word ${start + i} was overwritten`);
    }
  };
  for (const { value } of fused.inputs.values()) claim(value.buffer);
  for (const step of fused.steps) {
    claim(step.out.buffer);
    for (const operand of matricesOf(step)) expectIntact(operand.buffer);
  }
  for (const { buffer } of fused.outputs.values()) expectIntact(buffer);
});

test('the arena of ViT-B/32 holds what lives at once, not the sum of all results', () => {
  const { steps, arenaWords } = planGraph(imageTowerOf(VIT_B_32, 1).graph);
  const all = steps.reduce((sum, { out }) => sum + out.rows * out.columns, 0);
  const mlp = 50 * (768 + 768 + 3072);
  expect(arenaWords).toBeLessThan(1.5 * mlp);
  expect(all).toBeGreaterThan(10 * mlp);
});

test('shapes that do not fit are refused when the graph is built', () => {
  const g = new GraphBuilder();
  const x = g.input('x', 4, 6);
  expect(() => g.linear(x, g.parameter('a', [3, 5]))).toThrow('a: expected 5 columns, got [4, 6]');
  expect(() => g.add(x, g.input('y', 4, 5))).toThrow('got [4, 6] and [4, 5]');
  expect(() => g.add(x, g.parameter('table', [3, 6]))).toThrow('3 rows do not divide 4');
  expect(() => g.select(x, x)).toThrow('expected indices [N, 1] i32, got [4, 6] f32');
  expect(() => g.parameter('a', [1])).toThrow('parameter a is declared twice');
});
