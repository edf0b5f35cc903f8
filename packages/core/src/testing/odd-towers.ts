import type { TextConfig, VisionConfig } from '../config/clip-config.ts';

/** Towers whose sizes are no multiple of anything. */
export const ODD_VISION: VisionConfig = {
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

export const ODD_TEXT: TextConfig = {
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
