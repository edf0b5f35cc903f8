/** The contract that every backend with gradients keeps, for whole image towers. */
import { describe, test } from 'vitest';
import type { Parameter } from '../../graph/graph.ts';
import { visionTower } from '../../model/clip-vision.ts';
import { efficientNetLiteTower } from '../../model/efficientnet-lite.ts';
import { resNetTower } from '../../model/resnet.ts';
import { siglipVisionTower } from '../../model/siglip-vision.ts';
import type { Tower } from '../../model/tower.ts';
import { GRADIENT_BACKENDS, matrix, opened } from '../../testing/conformance.ts';
import {
  type Derivatives,
  type Differentiated,
  derivativesOf,
  expectDerivatives,
} from '../../testing/gradient-conformance.ts';
import { ODD_SIGLIP_VISION, ODD_VISION } from '../../testing/odd-towers.ts';
import { seededNumbers, seedOf } from '../../testing/seeded.ts';

const RESNET = {
  tower: 'resnet',
  imageSize: 64,
  channels: 3,
  width: 6,
  blocks: [1, 1, 2, 1],
  heads: 6,
} as const;
const LITE = { tower: 'efficientnet-lite', imageSize: 33, channels: 3 } as const;

/** [name, tower, images, side, derivatives that are compared] */
const TOWERS: readonly (readonly [string, Tower, number, number, number])[] = [
  [
    'CLIP’s Vision Transformer',
    visionTower({ ...ODD_VISION, activation: 'quick_gelu' }, 10, 3),
    3,
    17,
    24,
  ],
  ['SigLIP’s Vision Transformer', siglipVisionTower(ODD_SIGLIP_VISION, 3), 3, 17, 24],
  ['OpenAI’s ResNet', resNetTower(RESNET, 10, 1), 1, 64, 6],
  ['EfficientNet-Lite0', efficientNetLiteTower(LITE, 10, 1), 1, 33, 3],
];

/** Weights that keep values from growing or vanishing with the depth. */
function balancedWeights(parameters: readonly Parameter[]): (name: string) => Float32Array {
  const shapes = new Map(parameters.map(({ name, shape }) => [name, shape]));
  return (name) => {
    const shape = shapes.get(name)!;
    const [first, ...rest] = shape as [number, ...number[]];
    const inputs = rest.reduce((a, b) => a * b, 1);
    const numbers = seededNumbers(first * inputs, seedOf(name));
    if (rest.length === 0) return numbers.map((u) => (name.endsWith('weight') ? 1 : 0) + 0.1 * u);
    const fanIn = name.includes('depthwise') ? first : inputs;
    return numbers.map((u) => u * Math.sqrt(5 / fanIn));
  };
}

/** The finite differences of each tower, which are the same for all backends. */
const known = new Map<string, Derivatives>();

describe.each(GRADIENT_BACKENDS)('%s', (_, create) => {
  test.each(TOWERS)('%s', async (name, tower, images, side, count) => {
    const weights = balancedWeights(tower.parameters);
    const differentiated: Differentiated = { ...tower, of: 'normalized', by: 'pixels', weights };
    const inputs = { pixels: matrix('pixels', images, 3 * side * side), ...tower.constants };
    const derivatives = known.get(name) ?? derivativesOf(differentiated, inputs, count);
    known.set(name, derivatives);
    await expectDerivatives(await opened(create), differentiated, inputs, derivatives, 1e-5);
  });
});
