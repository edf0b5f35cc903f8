import type { Backend, BackendInfo } from './backends/backend.ts';
import {
  CLASSIFY_MODES,
  type Classification,
  type ClassifyOptions,
  classifyEmbeddings,
} from './classify.ts';
import type { ClipConfig } from './config/clip-config.ts';
import type { EmbeddingKind, Encoder } from './encoder.ts';
import { ClipError } from './errors.ts';
import { decodeImage } from './image/decode.ts';
import { type PixelTensor, type PreprocessConfig, preprocessImage } from './image/preprocess.ts';
import { fromJimp, type JimpImage, type RgbImage } from './image/rgb-image.ts';
import type { ImageLimits } from './image/sniff.ts';
import { cutAfterEnd } from './text/end-token.ts';
import { DEFAULT_TEMPLATES, fillTemplate } from './text/templates.ts';
import type { TokenizedText, Tokenizer } from './text/tokenizer.ts';
import { meanDirection } from './vectors.ts';

/**
 * An image: the bytes of a file (PNG, JPEG, GIF, WebP, AVIF, BMP or TIFF), decoded pixels, an image
 * of jimp, or the model's input.
 */
export type ImageInput = Uint8Array | RgbImage | JimpImage | PixelTensor;

/** A text, or what {@link Clip.tokenize} made of one. */
export type TextInput = string | TokenizedText;

export interface EncodeOptions {
  /** Whether embeddings are divided by their length; true unless given. */
  readonly normalize?: boolean;
}

/** What was loaded, and what runs it. */
export interface ClipInfo {
  readonly name: string;
  /** Parameters of both towers and the logit scale. */
  readonly parameters: number;
  /** E, the length of an embedding. */
  readonly embeddingWidth: number;
  /** S, the side of the square that an image is brought to, in pixels. */
  readonly imageSize: number;
  /** The most tokens of a text, start and end tokens included. */
  readonly contextLength: number;
  /** What a cosine is multiplied by to give a logit: exp of the checkpoint's `logit_scale`. */
  readonly logitScale: number;
  readonly backend: BackendInfo;
}

/** What `loadClip` puts together. */
export interface ClipParts {
  readonly info: ClipInfo;
  readonly config: ClipConfig;
  readonly preprocessing: PreprocessConfig;
  readonly tokenizer: Tokenizer;
  readonly encoder: Encoder;
  readonly backend: Backend;
  readonly limits: ImageLimits;
}

/** A loaded model. Made by `loadClip`; calls may overlap. */
export class Clip {
  readonly info: ClipInfo;
  readonly #parts: ClipParts;

  /** @internal */
  constructor(parts: ClipParts) {
    this.info = parts.info;
    this.#parts = parts;
  }

  /** Bytes that the weights and the working memory take now. */
  get memoryBytes(): number {
    return this.#parts.backend.memoryBytes;
  }

  /** How {@link Clip.preprocess} brings pictures into the model's form. */
  get preprocessing(): PreprocessConfig {
    return this.#parts.preprocessing;
  }

  /**
   * Operations of the forward pass of one image: of matrix products and attention, a multiplication
   * and an addition counted as two.
   */
  get imageOperations(): number {
    return this.#parts.encoder.imageOperations;
  }

  /** Operations of the forward pass of one text, counted as those of an image. */
  textOperations({ ids }: TokenizedText): number {
    return this.#parts.encoder.textOperations(cutAfterEnd(ids, this.#parts.config.text).length);
  }

  /**
   * Decodes an image and brings it into the model's form: EXIF orientation, Pillow's antialiased
   * bicubic resize, centre crop, normalisation. The alpha of decoded pixels and of jimp's images is
   * ignored, and orientation is the caller's: jimp applies it when it reads a file.
   *
   * @returns [3, S, S], channel first.
   * @throws ClipError IMAGE_UNSUPPORTED, IMAGE_TOO_LARGE or IMAGE_CORRUPT.
   */
  async preprocess(image: Uint8Array | RgbImage | JimpImage): Promise<PixelTensor> {
    const { limits, preprocessing } = this.#parts;
    if (image instanceof Uint8Array) {
      return preprocessImage(await decodeImage(image, limits), preprocessing);
    }
    return preprocessImage('bitmap' in image ? fromJimp(image) : image, preprocessing);
  }

  /** A text's token ids, and whether it was too long for the context and therefore cut. */
  tokenize(text: string): TokenizedText {
    return this.#parts.tokenizer.tokenize(text);
  }

  /**
   * Embeds images, in their order.
   *
   * @returns one array of E values an image, of length 1 unless `normalize` is false.
   * @throws ClipError as {@link Clip.preprocess} does, for the first image that cannot be read; to
   *   keep the others, preprocess one by one. BAD_INPUT for pixels of another model's size.
   */
  async encodeImages(
    images: readonly ImageInput[],
    options: EncodeOptions = {},
  ): Promise<Float32Array[]> {
    const pixels: Float32Array[] = [];
    for (const image of images) pixels.push(await this.#pixelsOf(image));
    return this.#parts.encoder.images(pixels, kindOf(options));
  }

  /**
   * Embeds texts, in their order. A text that is too long for the context is cut;
   * {@link Clip.tokenize} tells.
   *
   * @returns one array of E values a text, of length 1 unless `normalize` is false.
   * @throws ClipError BAD_INPUT for token ids that are not this model's.
   */
  async encodeTexts(
    texts: readonly TextInput[],
    options: EncodeOptions = {},
  ): Promise<Float32Array[]> {
    const ids = texts.map((text) => this.#idsOf(text));
    return this.#parts.encoder.texts(ids, kindOf(options));
  }

  /**
   * Zero-shot classification: which of the labels fits each image.
   *
   * Each label is put into every template; the normalised text embeddings of a label's templates
   * are averaged and normalised again.
   *
   * @returns one classification an image, in their order; the scores in the order of the labels.
   * @throws ClipError BAD_INPUT for no labels, an empty label, or a template without `{}`; and what
   *   {@link Clip.encodeImages} throws.
   */
  async classify(
    images: readonly ImageInput[],
    labels: readonly string[],
    options: ClassifyOptions = {},
  ): Promise<Classification[]> {
    const { mode = 'softmax' } = options;
    if (!CLASSIFY_MODES.includes(mode)) {
      throw new ClipError('BAD_INPUT', `expected mode ${CLASSIFY_MODES.join(', ')}, got ${mode}`);
    }
    const labelEmbeddings = await this.encodeLabels(labels, options.templates);
    const imageEmbeddings = await this.encodeImages(images);
    return imageEmbeddings.map((embedding) =>
      classifyEmbeddings(embedding, labels, labelEmbeddings, {
        mode,
        logitScale: this.info.logitScale,
      }),
    );
  }

  /**
   * The text embeddings that {@link Clip.classify} compares images with.
   *
   * @returns one array of E values a label, of length 1.
   * @throws ClipError BAD_INPUT for no labels, an empty label, or a template without `{}`.
   */
  async encodeLabels(
    labels: readonly string[],
    templates: readonly string[] = DEFAULT_TEMPLATES,
  ): Promise<Float32Array[]> {
    if (labels.length === 0)
      throw new ClipError('BAD_INPUT', 'expected at least 1 label, got none');
    if (templates.length === 0) {
      throw new ClipError('BAD_INPUT', 'expected at least 1 template, got none');
    }
    const empty = labels.findIndex((label) => label.trim() === '');
    if (empty !== -1) throw new ClipError('BAD_INPUT', `label ${empty}: expected a text, got none`);
    const prompts = labels.flatMap((label) => templates.map((t) => fillTemplate(t, label)));
    const embeddings = await this.encodeTexts(prompts);
    return labels.map((_, i) =>
      meanDirection(embeddings.slice(i * templates.length, (i + 1) * templates.length)),
    );
  }

  /** Frees the model's memory. What is in flight, and every later call, rejects with DISPOSED. */
  dispose(): void {
    this.#parts.backend.dispose();
  }

  async #pixelsOf(image: ImageInput): Promise<Float32Array> {
    if (typeof image !== 'object' || image === null) {
      throw new ClipError('BAD_INPUT', `expected an image's bytes or pixels, got ${typeof image}`);
    }
    const isPicture = image instanceof Uint8Array || 'bitmap' in image || 'width' in image;
    const pixels = isPicture ? await this.preprocess(image) : image;
    const { imageSize } = this.info;
    if (pixels.size !== imageSize || pixels.data?.length !== 3 * imageSize * imageSize) {
      throw new ClipError(
        'BAD_INPUT',
        `expected pixels [3, ${imageSize}, ${imageSize}], got ${pixels.data?.length} values of size ${pixels.size}`,
      );
    }
    return pixels.data;
  }

  #idsOf(text: TextInput): readonly number[] {
    const { ids } = typeof text === 'string' ? this.tokenize(text) : text;
    if (!Array.isArray(ids)) {
      throw new ClipError('BAD_INPUT', `expected a text or its token ids, got ${typeof text}`);
    }
    return cutAfterEnd(ids, this.#parts.config.text);
  }
}

const kindOf = ({ normalize = true }: EncodeOptions): EmbeddingKind =>
  normalize ? 'normalized' : 'embeddings';
