/** transformers' `SiglipModel`: SigLIP, and SigLIP 2 of fixed resolution. */
import { type Layout, type Names, type Place, placeByNames } from './layout.ts';
import { BLOCKS, LAYERS } from './transformer-names.ts';

const HEAD = 'vision_model.head.';

/** The head's attention is PyTorch's, which stacks its three projections. */
const inProjection = (kind: 'weight' | 'bias', index: number): Place => ({
  tensor: `${HEAD}attention.in_proj_${kind}`,
  part: { index, of: 3 },
});

const NAMES: Names = {
  exact: {
    logitScale: 'logit_scale',
    logitBias: 'logit_bias',
    'vision.positionEmbedding': 'vision_model.embeddings.position_embedding.weight',
    'vision.head.probe': `${HEAD}probe`,
    'vision.head.attention.query.weight': inProjection('weight', 0),
    'vision.head.attention.query.bias': inProjection('bias', 0),
    'vision.head.attention.key.weight': inProjection('weight', 1),
    'vision.head.attention.key.bias': inProjection('bias', 1),
    'vision.head.attention.value.weight': inProjection('weight', 2),
    'vision.head.attention.value.bias': inProjection('bias', 2),
    'text.tokenEmbedding': 'text_model.embeddings.token_embedding.weight',
    'text.positionEmbedding': 'text_model.embeddings.position_embedding.weight',
  },
  prefixes: [
    ['vision.patchEmbedding.', 'vision_model.embeddings.patch_embedding.'],
    ['vision.postNorm.', 'vision_model.post_layernorm.'],
    ['vision.blocks.', 'vision_model.encoder.layers.'],
    ['vision.head.attention.output.', `${HEAD}attention.out_proj.`],
    ['vision.head.norm.', `${HEAD}layernorm.`],
    ['vision.head.', HEAD],
    ['text.finalNorm.', 'text_model.final_layer_norm.'],
    ['text.blocks.', 'text_model.encoder.layers.'],
    ['text.head.', 'text_model.head.'],
  ],
  inside: BLOCKS,
};

export const SIGLIP_MODEL: Layout = {
  place: (name) => placeByNames(NAMES, name),
  layers: LAYERS,
};
