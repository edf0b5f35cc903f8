/** The image tower of open_clip's `TimmModel` with timm's `tf_efficientnet_lite0`. */
import { normalizedConvolution, type Place } from './layout.ts';

/** Of TensorFlow's models in timm. */
const EPSILON = 1e-3;
const TRUNK = 'visual.trunk';

/** Our convolutions of a block, and theirs with their norms. */
const BLOCK = {
  expand: { conv: 'conv_pw', norm: 'bn1', view: 'pointwise' },
  depthwise: { conv: 'conv_dw', norm: 'bn2', view: 'depthwise' },
  project: { conv: 'conv_pwl', norm: 'bn3', view: 'pointwise' },
} as const;
/** The blocks of the first stage expand nothing. */
const FIRST_BLOCK = {
  depthwise: { conv: 'conv_dw', norm: 'bn1', view: 'depthwise' },
  project: { conv: 'conv_pw', norm: 'bn2', view: 'pointwise' },
} as const;

const ENDS = {
  stem: { conv: 'conv_stem', norm: 'bn1', view: 'channels-last' },
  head: { conv: 'conv_head', norm: 'bn2', view: 'pointwise' },
} as const;

export function EFFICIENTNET_LITE(name: string): Place {
  const parts = name.split('.');
  const kind = parts.at(-1) as 'weight' | 'bias';
  const [, part, stage, block, layer] = parts;
  if (part === 'projection') return { tensor: `visual.head.proj.${kind}` };
  const isStage = part === 'stages';
  const inside = isStage ? `${TRUNK}.blocks.${stage}.${block}` : TRUNK;
  const layers = stage === '0' ? FIRST_BLOCK : BLOCK;
  const found = isStage ? layers[layer as keyof typeof layers] : ENDS[part as keyof typeof ENDS];
  const { conv, norm, view } = found;
  const place = { tensor: `${inside}.${conv}.weight`, norm: `${inside}.${norm}` };
  return normalizedConvolution(kind, { ...place, view, epsilon: EPSILON });
}
