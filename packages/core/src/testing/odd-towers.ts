import type {
  ClipTextConfig,
  ClipVisionConfig,
  SiglipTextConfig,
  SiglipVisionConfig,
} from '../config/clip-config.ts';

/** Towers whose sizes are no multiple of anything. */
export const ODD_VISION: ClipVisionConfig = {
  tower: 'clip',
  imageSize: 17,
  patchSize: 5,
  channels: 3,
  patches: 9,
  width: 21,
  layers: 2,
  heads: 3,
  mlpWidth: 37,
  activation: 'gelu',
  epsilon: 1e-5,
};

export const ODD_TEXT: ClipTextConfig = {
  tower: 'clip',
  vocabularySize: 23,
  contextLength: 11,
  endToken: 'highest',
  width: 14,
  layers: 2,
  heads: 2,
  mlpWidth: 27,
  activation: 'quick_gelu',
  epsilon: 1e-5,
};

export const ODD_SIGLIP_VISION: SiglipVisionConfig = {
  ...ODD_VISION,
  tower: 'siglip',
  activation: 'gelu_tanh',
  epsilon: 1e-6,
};

export const ODD_SIGLIP_TEXT: SiglipTextConfig = {
  tower: 'siglip',
  vocabularySize: 23,
  contextLength: 11,
  width: 14,
  layers: 2,
  heads: 2,
  mlpWidth: 27,
  activation: 'gelu_tanh',
  epsilon: 1e-6,
};
