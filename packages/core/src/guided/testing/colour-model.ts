import type { PixelTensor } from '../../image/preprocess.ts';
import { normalized } from '../../vectors.ts';
import type { PictureModel } from '../picture-model.ts';

/** Pixels a side of the model's input. */
const SIDE = 8;

/** Directions of the texts that the model knows; others are none of them. */
const DIRECTIONS: Readonly<Record<string, readonly number[]>> = {
  red: [1, -1, -1, 0],
  blue: [-1, -1, 1, 0],
};
const OTHER = [0, 0, 0, 1];

/**
 * A model that knows the colours red and blue: an image's embedding is the mean of each channel, and a 0.
 *
 * @param onBatch told of each batch of views.
 */
export function colourModel(onBatch: () => void = () => {}): PictureModel {
  return {
    info: {
      name: 'colours',
      embeddingWidth: 4,
      imageSize: SIDE,
      imageArchitecture: 'efficientnet-lite',
      residualBranches: 9,
    } as PictureModel['info'],
    preprocessing: {
      resize: { shortestEdge: SIDE },
      filter: 'bicubic',
      crop: SIDE,
      fill: [0, 0, 0],
      rescaleFactor: 1 / 255,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
    },
    encodeImages: async (views) => views.map((view) => meanColour(view as PixelTensor)),
    encodeTexts: async (texts) =>
      texts.map((text) => Float32Array.from(DIRECTIONS[String(text)] ?? OTHER)),
    imageGradient: async (views, targets) => {
      onBatch();
      const gradient = Float32Array.from({ length: 3 * SIDE * SIDE }, (_, i) =>
        targets.reduce((sum, { embedding, weight = 1 }) => {
          return sum + weight * embedding[Math.floor(i / (SIDE * SIDE))]!;
        }, 0),
      );
      return views.map(() => ({ gradient, cosines: targets.map(() => 0.5) }));
    },
  };
}

function meanColour({ data }: PixelTensor): Float32Array {
  const mean = new Float32Array(4);
  for (const [i, value] of data.entries()) mean[Math.floor(i / (SIDE * SIDE))]! += value;
  return normalized(mean);
}
