/** Hugging Face's `CLIPModel` (its `pre_layrnorm` too). */
import { type Layout, type Names, placeByNames } from './layout.ts';
import { BLOCKS, LAYERS } from './transformer-names.ts';

const NAMES: Names = {
  exact: {
    logitScale: 'logit_scale',
    'vision.classEmbedding': 'vision_model.embeddings.class_embedding',
    'vision.patchEmbedding': 'vision_model.embeddings.patch_embedding.weight',
    'vision.positionEmbedding': 'vision_model.embeddings.position_embedding.weight',
    'vision.projection': 'visual_projection.weight',
    'text.tokenEmbedding': 'text_model.embeddings.token_embedding.weight',
    'text.positionEmbedding': 'text_model.embeddings.position_embedding.weight',
    'text.projection': 'text_projection.weight',
  },
  prefixes: [
    ['vision.preNorm.', 'vision_model.pre_layrnorm.'],
    ['vision.postNorm.', 'vision_model.post_layernorm.'],
    ['vision.blocks.', 'vision_model.encoder.layers.'],
    ['text.finalNorm.', 'text_model.final_layer_norm.'],
    ['text.blocks.', 'text_model.encoder.layers.'],
  ],
  inside: BLOCKS,
};

export const CLIP_MODEL: Layout = {
  place: (name) => placeByNames(NAMES, name),
  layers: LAYERS,
};
