/**
 * OpenAI's `CLIP`, which open_clip's models have too: the text tower, its parts named as in the whole model or under
 * `text.`, and the image towers by kind.
 */
import { EFFICIENTNET_LITE } from './efficientnet-lite.ts';
import { type Layout, type Names, type Place, placeByNames } from './layout.ts';
import { MODIFIED_RESNET } from './modified-resnet.ts';
import { SIGLIP_TRUNK } from './siglip-trunk.ts';

/** A block's attention is PyTorch's, which stacks its three projections. */
const IN_PROJECTIONS = ['query', 'key', 'value'];

const BLOCK: Names['inside'] = [
  ['.norm1.', '.ln_1.'],
  ['.norm2.', '.ln_2.'],
  ['.attention.output.', '.attn.out_proj.'],
  ['.mlp.expand.', '.mlp.c_fc.'],
  ['.mlp.contract.', '.mlp.c_proj.'],
];

const TEXT: Names = {
  exact: {
    'text.tokenEmbedding': 'token_embedding.weight',
    'text.positionEmbedding': 'positional_embedding',
    'text.projection': { tensor: 'text_projection', view: 'transposed' },
  },
  prefixes: [
    ['text.finalNorm.', 'ln_final.'],
    ['text.blocks.', 'transformer.resblocks.'],
    // In place of the projection, where it has a bias.
    ['text.head.', 'text_projection.'],
  ],
  inside: BLOCK,
};

const VISION_TRANSFORMER: Names = {
  exact: {
    'vision.classEmbedding': 'visual.class_embedding',
    'vision.patchEmbedding': 'visual.conv1.weight',
    'vision.positionEmbedding': 'visual.positional_embedding',
    'vision.projection': { tensor: 'visual.proj', view: 'transposed' },
  },
  prefixes: [
    ['vision.preNorm.', 'visual.ln_pre.'],
    ['vision.postNorm.', 'visual.ln_post.'],
    ['vision.blocks.', 'visual.transformer.resblocks.'],
  ],
  inside: BLOCK,
};

const IMAGE_TOWERS = {
  clip: (name: string) => transformerPlace(VISION_TRANSFORMER, name),
  resnet: MODIFIED_RESNET,
  'efficientnet-lite': EFFICIENTNET_LITE,
  siglip: SIGLIP_TRUNK,
} as const;

/** Masks and counts of batches are of no use, and no layers. */
const LAYERS =
  /^(?:(?:visual\.|text\.)?transformer\.resblocks|visual\.layer\d+|visual\.trunk\.blocks)\.(?!.*\.(?:num_batches_tracked|attn_mask)$)/;

/** @param textPrefix what the names of the text tower's tensors begin with. */
export function openAiLayout(
  imageTower: keyof typeof IMAGE_TOWERS,
  textPrefix: '' | 'text.',
): Layout {
  return {
    place: (name) => {
      if (name === 'logitScale') return { tensor: 'logit_scale' };
      if (name === 'logitBias') return { tensor: 'logit_bias' };
      if (name.startsWith('vision.')) return IMAGE_TOWERS[imageTower](name);
      const place = transformerPlace(TEXT, name);
      return { ...place, tensor: textPrefix + place.tensor };
    },
    layers: LAYERS,
  };
}

function transformerPlace(names: Names, name: string): Place {
  const projection = /^(.*)\.attention\.(query|key|value)\.(weight|bias)$/.exec(name);
  if (projection === null) return placeByNames(names, name);
  const [, block, which, kind] = projection;
  const { tensor } = placeByNames(names, `${block}.attn.in_proj_${kind}`);
  return { tensor, part: { index: IN_PROJECTIONS.indexOf(which!), of: IN_PROJECTIONS.length } };
}
