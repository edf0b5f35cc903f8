import { availableParallelism } from 'node:os';
import type { Clip, PixelTensor, TokenizedText } from '@clipql/core';
import type { PublicError } from '../errors/public-error.ts';
import type { BusySignal } from '../threads/busy-signal.ts';
import { Admission } from './admission.ts';
import { Batcher } from './batcher.ts';
import { type After, afterTimeout } from './caller.ts';
import { DecodePool, type DecodePoolOptions } from './decode-pool.ts';
import { decodeThreads, type StartDecodeThread } from './decode-thread.ts';
import type { DecodedImage } from './decoded-image.ts';
import { EmbeddingCache } from './embedding-cache.ts';
import type { EncodedText } from './encoded.ts';
import { imageHeader } from './image-header.ts';
import { type ImageContent, ImagePipeline } from './image-pipeline.ts';
import { type InferenceMetrics, InferenceObserver } from './inference-observer.ts';
import { Speed } from './speed.ts';
import { TextPipeline } from './text-pipeline.ts';
import type { TokenizerClock } from './tokenizer-line.ts';

/** What holds unless options say otherwise; the settings' defaults are these. */
export const DEFAULT_INFERENCE = {
  maxBatch: 8,
  maxWait: 20,
  queueSeconds: 10,
  fetches: 256,
  cacheMib: 64,
  maxDecodeThreads: 4,
} as const;

export interface InferenceOptions {
  /** The most images of one forward pass; 8 unless given. */
  readonly maxBatch?: number;
  /**
   * Milliseconds that a batch waits at most for images that are being decoded, and gives way to a
   * full one of the other tower; 20 unless given.
   */
  readonly maxWait?: number;
  /** Seconds of work that may queue for the model, and of tokenizing; 10 unless given. */
  readonly queueSeconds?: number;
  /** Images, or texts of equal cost, that may wait until the model's speed is known; 64 unless given. */
  readonly queue?: number;
  /** Images that may be fetched at a time; 256 unless given. */
  readonly fetches?: number;
  /**
   * Bytes of image files that several operations may hold together, and half of what one may that is
   * alone; 256 MiB unless given.
   */
  readonly heldBytes?: number;
  /** Threads that decode images; as many as there are cores, at most 4, unless given. */
  readonly decodeThreads?: number;
  /** Milliseconds that decoding an image may take; 5,000 unless given. */
  readonly decodeTimeout?: number;
  /** Bytes of embeddings that are kept, for texts and for images each; 64 MiB unless given. */
  readonly cacheBytes?: number;
  /** Images of more pixels are refused before they are decoded; core's own limit unless given. */
  readonly maxPixels?: number | undefined;
  /** Where stages, batches and caches are counted; nowhere unless given. */
  readonly metrics?: InferenceMetrics | undefined;
  /** Told of each forward pass, for what gives way to them. */
  readonly busy?: BusySignal | undefined;
  /** The clock of the limit on decoding, for tests. */
  readonly after?: After;
  /** How time passes while texts are tokenized, for tests. */
  readonly tokenizerClock?: TokenizerClock;
  /** Whether nobody needs a thread for a small picture while all decode large ones; no unless given. */
  readonly isAlone?: boolean;
  /** How decoding threads are started, for tests. */
  readonly startDecodeThread?: StartDecodeThread;
}

/** What brings the images and texts of all requests to one model. */
export interface Inference {
  readonly images: ImagePipeline;
  readonly texts: TextPipeline;
  /**
   * Decodes and preprocesses an image of one's own, which waits for nothing but a thread.
   *
   * @throws as `ImagePipeline.encode` returns for an image that cannot be read.
   */
  decode(bytes: Uint8Array): Promise<DecodedImage>;
  /** Images that are decoded at a time. */
  readonly decodeThreads: number;
  /**
   * Why to refuse a caller's request before it is read; undefined where it may be answered.
   *
   * @param ahead requests of the caller that have yet to begin.
   */
  flood(party: string, ahead: number): PublicError | undefined;
  /** Ends its threads. */
  close(): void;
}

const MEBIBYTE = 1024 * 1024;
/** Tokens of one forward pass of the text tower, all texts together: as core splits them. */
const MAX_TOKENS = 1024;
/** Batches whose images may be decoded ahead: each image takes 600 kB at 224 pixels. */
const DECODED_BATCHES = 3;
/** One more for images that are the first of their operation: they get into the next batch. */
const DECODED_BATCHES_WITH_FIRST = DECODED_BATCHES + 1;

export function createInference(clip: Clip, options: InferenceOptions = {}): Inference {
  const {
    maxBatch = DEFAULT_INFERENCE.maxBatch,
    maxWait = DEFAULT_INFERENCE.maxWait,
    queueSeconds = DEFAULT_INFERENCE.queueSeconds,
    fetches = DEFAULT_INFERENCE.fetches,
    cacheBytes = DEFAULT_INFERENCE.cacheMib * MEBIBYTE,
    heldBytes = 256 * MEBIBYTE,
    queue = 64,
    maxPixels,
    metrics,
  } = options;
  const observer = new InferenceObserver(metrics);
  const now = () => performance.now();
  const operations = clip.imageOperations;
  const speed = new Speed();
  const admission = new Admission({
    seconds: queueSeconds,
    capacity: { least: maxBatch * operations, atStart: (maxBatch + queue) * operations },
    speed,
    fetches,
    heldBytes,
    now,
    onChange: (load, fetching) => {
      observer.depth('model', load / operations);
      observer.depth('fetch', fetching);
    },
  });
  const mayBegin: DecodePoolOptions['mayBegin'] = (line, inThreads) => {
    const isFirst = !images.hasDecoded(line) && !inThreads.includes(line);
    const batches = isFirst ? DECODED_BATCHES_WITH_FIRST : DECODED_BATCHES;
    return images.decoded + inThreads.length < batches * maxBatch;
  };
  const decoders = decodePool(clip, options, observer, mayBegin);
  const batcher = new Batcher({
    maxWait,
    now,
    after: afterTimeout,
    busy: options.busy,
    onBatch: (facts) => {
      speed.count(facts.operations, facts.milliseconds);
      observer.batch(facts);
    },
  });
  const raw = { normalize: false };
  const runImage = batcher.tower<PixelTensor>({
    name: 'image',
    maxSize: maxBatch,
    sizeOf: () => 1,
    operationsOf: () => operations,
    expectsMore: () => images.expectsMore,
    load: () => clip.loadTower('image'),
    run: (images) => clip.encodeImages(images, raw),
  });
  const runText = batcher.tower<TokenizedText>({
    name: 'text',
    maxSize: MAX_TOKENS,
    sizeOf: ({ ids }) => ids.length,
    operationsOf: (text) => clip.textOperations(text),
    load: () => clip.loadTower('text'),
    run: (texts) => clip.encodeTexts(texts, raw),
  });
  const images = new ImagePipeline({
    admission,
    cache: new EmbeddingCache<ImageContent>('image', cacheBytes, observer),
    decoders,
    run: runImage,
    operations,
    maxPixels,
    maxBatch,
    observer,
    onLoss: () => batcher.next(),
  });
  return {
    images,
    texts: new TextPipeline({
      admission,
      clip,
      cache: new EmbeddingCache<EncodedText>('text', cacheBytes, observer),
      queueSeconds,
      tokenizerClock: options.tokenizerClock,
      run: runText,
    }),
    decodeThreads: decoders.threads,
    decode: async (bytes) => {
      const { decodedPixels } = imageHeader(bytes, maxPixels);
      const line = { party: 'local', bytes: 0 };
      return decoders.decode(bytes, decodedPixels, line, new AbortController().signal);
    },
    flood: (party, ahead) => admission.flood(party, operations, ahead),
    close: () => decoders.close(),
  };
}

function decodePool(
  { preprocessing }: Clip,
  { decodeThreads: threads, decodeTimeout = 5_000, ...options }: InferenceOptions,
  observer: InferenceObserver,
  mayBegin: DecodePoolOptions['mayBegin'],
): DecodePool {
  const { maxPixels, after = afterTimeout, isAlone = false } = options;
  return new DecodePool({
    threads: threads ?? Math.min(availableParallelism(), DEFAULT_INFERENCE.maxDecodeThreads),
    timeout: decodeTimeout,
    isAlone,
    start: options.startDecodeThread ?? decodeThreads({ preprocessing, maxPixels }),
    mayBegin,
    after,
    onWait: (milliseconds) => observer.stage('queue', milliseconds),
    onDepth: (depth) => observer.depth('decode', depth),
  });
}
