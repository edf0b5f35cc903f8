/** The image tower of OpenAI's `ModifiedResNet`. */
import { normalizedConvolution, type Place } from './layout.ts';

/** Of PyTorch's `BatchNorm2d`. */
const EPSILON = 1e-5;

/** Our convolutions of a block, and theirs with their norms. */
const BLOCK = {
  reduce: { conv: 'conv1', norm: 'bn1', view: 'pointwise' },
  filter: { conv: 'conv2', norm: 'bn2', view: 'channels-last' },
  expand: { conv: 'conv3', norm: 'bn3', view: 'pointwise' },
  shortcut: { conv: 'downsample.0', norm: 'downsample.1', view: 'pointwise' },
} as const;

const POOL: Readonly<Record<string, string>> = {
  query: 'q_proj',
  key: 'k_proj',
  value: 'v_proj',
  output: 'c_proj',
};

export function MODIFIED_RESNET(name: string): Place {
  const parts = name.split('.');
  const kind = parts.at(-1) as 'weight' | 'bias';
  const [, part, first, second, layer] = parts;
  if (part === 'stem') {
    const number = Number(first) + 1;
    const [tensor, norm] = [`visual.conv${number}.weight`, `visual.bn${number}`];
    return normalizedConvolution(kind, { tensor, view: 'channels-last', norm, epsilon: EPSILON });
  }
  if (part === 'stages') {
    const block = `visual.layer${Number(first) + 1}.${second}`;
    const { conv, norm, view } = BLOCK[layer as keyof typeof BLOCK];
    const place = { tensor: `${block}.${conv}.weight`, norm: `${block}.${norm}` };
    return normalizedConvolution(kind, { ...place, view, epsilon: EPSILON });
  }
  if (first === 'positionEmbedding') return { tensor: 'visual.attnpool.positional_embedding' };
  return { tensor: `visual.attnpool.${POOL[first!]}.${kind}` };
}
