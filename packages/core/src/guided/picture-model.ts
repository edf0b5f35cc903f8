import type { Clip } from '../clip.ts';

/** What a model has to do for a picture: a {@link Clip}, or what stands in front of one. */
export type PictureModel = Pick<
  Clip,
  'info' | 'preprocessing' | 'encodeImages' | 'encodeTexts' | 'imageGradient'
>;
