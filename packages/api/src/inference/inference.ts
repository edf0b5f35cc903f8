import type { Clip, PixelTensor, TokenizedText } from '@clipql/core';
import { Batcher } from './batcher.ts';
import { decodeHere } from './image-decoder.ts';
import { ImagePipeline } from './image-pipeline.ts';
import { type InferenceMetrics, InferenceObserver } from './inference-metrics.ts';
import { TextPipeline } from './text-pipeline.ts';

export interface InferenceOptions {
  /** The most images of one forward pass; 8 unless given. */
  readonly maxBatch?: number;
  /**
   * Milliseconds after which a batch that is not full no longer gives way to one that is; 20 unless
   * given.
   */
  readonly maxWait?: number;
  /** Images of more pixels are refused before they are decoded; core's own limit unless given. */
  readonly maxPixels?: number | undefined;
  /** Where stages, batches and caches are counted; nowhere unless given. */
  readonly metrics?: InferenceMetrics | undefined;
}

/** What brings the images and texts of all requests to one model. */
export interface Inference {
  readonly images: ImagePipeline;
  readonly texts: TextPipeline;
}

/** Tokens of one forward pass of the text tower, all texts together: as core splits them. */
const MAX_TOKENS = 1024;

export function createInference(clip: Clip, options: InferenceOptions = {}): Inference {
  const { maxBatch = 8, maxWait = 20, maxPixels, metrics } = options;
  const observer = new InferenceObserver(metrics);
  const batcher = new Batcher({
    maxWait,
    now: () => performance.now(),
    onBatch: (facts) => observer.batch(facts),
  });
  const raw = { normalize: false };
  const runImage = batcher.tower<PixelTensor>({
    name: 'image',
    maxSize: maxBatch,
    sizeOf: () => 1,
    run: (images) => clip.encodeImages(images, raw),
  });
  const runText = batcher.tower<TokenizedText>({
    name: 'text',
    maxSize: MAX_TOKENS,
    sizeOf: ({ ids }) => ids.length,
    run: (texts) => clip.encodeTexts(texts, raw),
  });
  const decode = decodeHere(clip, maxPixels);
  return {
    images: new ImagePipeline({ decode, run: runImage, maxPixels, observer }),
    texts: new TextPipeline(clip, runText),
  };
}
