import { expect, test } from 'vitest';
import type { ClipVisionConfig } from '../config/clip-config.ts';
import { visionTower } from '../model/clip-vision.ts';
import { gradientGraph } from './gradient.ts';
import { GraphBuilder } from './graph.ts';
import { isForward } from './operation.ts';
import { planGraph } from './plan.ts';

const B32: ClipVisionConfig = {
  tower: 'clip',
  imageSize: 224,
  patchSize: 32,
  channels: 3,
  patches: 49,
  width: 768,
  layers: 12,
  heads: 12,
  mlpWidth: 3072,
  activation: 'quick_gelu',
  epsilon: 1e-5,
};
const BY_PIXELS = { of: 'normalized', by: 'pixels' };

test('a gradient keeps of the forward pass what the backward pass reads: in each block two sums, q, k, v and the GELU’s input', () => {
  const { width, mlpWidth, layers, patches } = B32;
  const { arenaWords } = planGraph(gradientGraph(visionTower(B32, 512, 2).graph, BY_PIXELS));
  const kept = 2 * (patches + 1) * layers * (2 * width + 3 * width + mlpWidth);
  expect(arenaWords / kept).toBeGreaterThan(0.95);
  expect(arenaWords / kept).toBeLessThan(1.1);
});

test('the forward pass has the steps that it has alone, but for GELUs, whose input is kept', () => {
  const { graph } = visionTower(B32, 512, 1);
  const count = (steps: readonly { readonly op: string }[]) => {
    const counts: Record<string, number> = {};
    for (const { op } of steps) counts[op] = (counts[op] ?? 0) + 1;
    return counts;
  };
  const alone = count(planGraph(graph).steps);
  const { steps } = planGraph(gradientGraph(graph, BY_PIXELS));
  const back = steps.findIndex((step) => !isForward(step));
  expect(count(steps.slice(0, back))).toEqual({ ...alone, gelu: B32.layers });
});

test('a sum with a product is one step in the backward pass too', () => {
  const g = new GraphBuilder();
  const x = g.input('x', 4, 6);
  g.output('result', g.add(x, g.linear(x, g.parameter('weight', [6, 6]))));
  const { steps } = planGraph(gradientGraph(g.build(), { of: 'result', by: 'x' }));
  const last = steps.at(-1)!;
  expect(last.op).toBe('linearTranspose');
  expect(last).toHaveProperty('residual.rows', 4);
});

test('an output that is not there, or does not depend on the input, and causal attention are refused', () => {
  const g = new GraphBuilder();
  const x = g.input('x', 4, 6);
  const offsets = g.input('offsets', 2, 1, 'i32');
  g.output('constant', g.l2Normalize(g.input('other', 1, 3)));
  g.output('causal', g.attention(x, x, x, { offsets, heads: 2, causal: true }));
  const graph = g.build();
  const differentiate = (of: string) => () => gradientGraph(graph, { of, by: 'x' });
  expect(differentiate('missing')).toThrow('the graph has no output missing');
  expect(differentiate('constant')).toThrow('expected an output that depends on the input x');
  expect(differentiate('causal')).toThrow('expected no causal attention');
});
