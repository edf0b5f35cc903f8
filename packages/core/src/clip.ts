import type { Backend } from './backends/backend.ts';
import {
  CLASSIFY_MODES,
  type Classification,
  type ClassifyOptions,
  classifyEmbeddings,
} from './classify.ts';
import type { ClipInfo } from './clip-info.ts';
import type { ClipConfig } from './config/clip-config.ts';
import type { EmbeddingKind, Encoder } from './encoder/encoder.ts';
import type { TowerName } from './encoder/towers.ts';
import { ClipError, grouped } from './errors.ts';
import { checkedBranches, type GradientOptions } from './gradient-options.ts';
import { type GradientTarget, type ImageGradient, targetDirections } from './gradient-targets.ts';
import { type PixelTensor, type PreprocessConfig, preprocessImage } from './image/preprocess.ts';
import type { ImageLimits } from './image/sniff.ts';
import { type ImageSource, pixelsOf } from './image/source/image-source.ts';
import { DEFAULT_TEMPLATES, labelPrompts } from './text/templates.ts';
import type { TokenizedText, Tokenizer } from './text/tokenizer.ts';
import { towerIds } from './text/tower-ids.ts';
import { dot, meanDirection } from './vectors.ts';

/**
 * An image: the bytes of a file (PNG, JPEG, GIF, WebP, AVIF, BMP or TIFF), a `Blob` or `File`, a `URL` or
 * its text, `ImageData`, an `ImageBitmap`, a canvas, decoded pixels, an image of jimp, or the model's input.
 */
export type ImageInput = ImageSource | PixelTensor;

/** A text, or what {@link Clip.tokenize} made of one. */
export type TextInput = string | TokenizedText;

/** Options of {@link Clip.encodeImages} and {@link Clip.encodeTexts}. */
export interface EncodeOptions {
  /** Whether embeddings are divided by their length; true unless given. */
  readonly normalize?: boolean;
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

/**
 * A loaded model, made by {@link loadClip}. Calls may overlap; forward passes run one at a time.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { loadClip } from '@clipql/core';
 * import { modelFromFolder } from '@clipql/core/node';
 *
 * const clip = await loadClip(await modelFromFolder('models/nano'));
 * const photo = await readFile('packages/api/examples/march-pastoral.jpg');
 * const [image] = await clip.encodeImages([photo]);
 * const [text] = await clip.encodeTexts(['a photo of a sheep.']);
 * const cosine = image.reduce((sum, value, i) => sum + value * text[i], 0);
 * console.log(cosine.toFixed(1)); // 0.2
 * clip.dispose();
 * ```
 */
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

  /** How {@link Clip.preprocess} resizes, crops and normalises. */
  get preprocessing(): PreprocessConfig {
    return this.#parts.preprocessing;
  }

  /**
   * Operations in the forward pass of one image. Matrix products and attention count, a multiplication
   * and an addition as two.
   */
  get imageOperations(): number {
    return this.#parts.encoder.imageOperations;
  }

  /**
   * Operations in the forward pass of one text, counted as in {@link Clip.imageOperations}.
   *
   * @throws ClipError BAD_INPUT for token ids without this model's end token.
   * @example
   * ```ts
   * import { loadClip } from '@clipql/core';
   * import { modelFromFolder } from '@clipql/core/node';
   *
   * const clip = await loadClip(await modelFromFolder('models/nano'));
   * const cost = clip.textOperations(clip.tokenize('a photo of a dog.'));
   * console.log(cost < clip.imageOperations); // true
   * ```
   */
  textOperations({ ids }: TokenizedText): number {
    return this.#parts.encoder.textOperations(towerIds(ids, this.#parts.config.text).length);
  }

  /**
   * Decodes an image and brings it into the model's form: EXIF orientation, Pillow's antialiased bicubic
   * resize, centre crop, normalisation. The alpha of pixels is ignored, and their orientation is up to the
   * caller; Jimp and browsers apply it when they read a file. A canvas keeps colours multiplied with their
   * alpha, so where it is not opaque they are rounded, and black where it is transparent.
   *
   * A URL is fetched within a minute and 64 MiB, from wherever it leads: check those of strangers first.
   *
   * @returns [3, S, S], channel first.
   * @throws ClipError IMAGE_UNSUPPORTED, IMAGE_TOO_LARGE or IMAGE_CORRUPT; DOWNLOAD_FAILED for a URL that
   *   gives nothing; BAD_INPUT for what is no image, pixels whose data does not fit their size, and a canvas
   *   with pixels of another site.
   * @example
   * ```ts
   * import { readFile } from 'node:fs/promises';
   * import { loadClip } from '@clipql/core';
   * import { modelFromFolder } from '@clipql/core/node';
   *
   * const clip = await loadClip(await modelFromFolder('models/nano'));
   * const photo = new Blob([await readFile('packages/api/examples/march-pastoral.jpg')]);
   * const { size, data } = await clip.preprocess(photo);
   * console.log(size, data.length); // 48 6912
   * ```
   */
  async preprocess(image: ImageSource): Promise<PixelTensor> {
    const { limits, preprocessing } = this.#parts;
    return preprocessImage(await pixelsOf(image, limits), preprocessing);
  }

  /**
   * Tokenizes a text, and truncates it to the model's context.
   *
   * @returns token ids from the start token to the end token, and whether the text was truncated.
   * @example
   * ```ts
   * import { loadClip } from '@clipql/core';
   * import { modelFromFolder } from '@clipql/core/node';
   *
   * const clip = await loadClip(await modelFromFolder('models/nano'));
   * const { ids, truncated } = clip.tokenize('a photo of a dog.');
   * console.log(ids.length, truncated); // 8 false
   * ```
   */
  tokenize(text: string): TokenizedText {
    return this.#parts.tokenizer.tokenize(text);
  }

  /**
   * Loads a tower now rather than when it is first used, of a model whose towers are not both loaded
   * (`towers` of `LoadOptions`).
   *
   * @throws ClipError WEIGHTS_INVALID, OUT_OF_MEMORY or DISPOSED.
   * @example
   * ```ts
   * import { loadClip } from '@clipql/core';
   * import { modelFromFolder } from '@clipql/core/node';
   *
   * const clip = await loadClip(await modelFromFolder('models/nano'), { towers: 'used' });
   * await clip.loadTower('text');
   * console.log(clip.memoryBytes < 7e6); // true
   * clip.dispose();
   * ```
   */
  async loadTower(tower: TowerName): Promise<void> {
    await this.#parts.encoder.load(tower);
  }

  /**
   * Computes the embeddings of images, in batches.
   *
   * @returns one [E] per image, in their order; of length 1 unless `normalize` is false.
   * @throws ClipError as {@link Clip.preprocess}, for the first image that cannot be read; to keep the
   *   others, preprocess them one by one. BAD_INPUT for pixels of another model's size. WORKER_LOST,
   *   GPU_LOST or DISPOSED while the model runs; as {@link Clip.loadTower} where that is yet to load.
   * @example
   * ```ts
   * import { readFile } from 'node:fs/promises';
   * import { loadClip } from '@clipql/core';
   * import { modelFromFolder } from '@clipql/core/node';
   *
   * const clip = await loadClip(await modelFromFolder('models/nano'));
   * const photo = await readFile('packages/api/examples/march-pastoral.jpg');
   * const [embedding] = await clip.encodeImages([photo]);
   * console.log(embedding.length, Math.hypot(...embedding).toFixed(3)); // 128 1.000
   * ```
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
   * Computes the embeddings of texts, in batches. Texts longer than the model's context are truncated;
   * {@link Clip.tokenize} tells which.
   *
   * @returns one [E] per text, in their order; of length 1 unless `normalize` is false.
   * @throws ClipError BAD_INPUT for token ids that are not this model's. WORKER_LOST, GPU_LOST or
   *   DISPOSED while the model runs; as {@link Clip.loadTower} where that is yet to load.
   * @example
   * ```ts
   * import { loadClip } from '@clipql/core';
   * import { modelFromFolder } from '@clipql/core/node';
   *
   * const clip = await loadClip(await modelFromFolder('models/nano'));
   * const [cat, dog] = await clip.encodeTexts(['a photo of a cat.', 'a photo of a dog.']);
   * console.log(cat.length === dog.length); // true
   * ```
   */
  async encodeTexts(
    texts: readonly TextInput[],
    options: EncodeOptions = {},
  ): Promise<Float32Array[]> {
    const ids = texts.map((text) => this.#idsOf(text));
    return this.#parts.encoder.texts(ids, kindOf(options));
  }

  /**
   * Zero-shot classification: which of the labels fits each image
   * (https://arxiv.org/abs/2103.00020, section 3.1).
   *
   * Each label is put into every template. The normalised text embeddings over a label's templates are
   * averaged and normalised again.
   *
   * @returns one classification per image, in their order.
   * @throws ClipError BAD_INPUT for no labels, an empty label, or a template without `{}`; and as
   *   {@link Clip.encodeImages}.
   * @example
   * ```ts
   * import { readFile } from 'node:fs/promises';
   * import { loadClip } from '@clipql/core';
   * import { modelFromFolder } from '@clipql/core/node';
   *
   * const clip = await loadClip(await modelFromFolder('models/nano'));
   * const photo = await readFile('packages/api/examples/march-pastoral.jpg');
   * const [{ best }] = await clip.classify([photo], ['sheep', 'boat', 'house']);
   * console.log(best.label, best.probability?.toFixed(2)); // sheep 0.99
   * ```
   */
  async classify(
    images: readonly ImageInput[],
    labels: readonly string[],
    options: ClassifyOptions = {},
  ): Promise<Classification[]> {
    const { logitScale, logitBias, classifyMode } = this.info;
    const { mode = classifyMode } = options;
    if (!CLASSIFY_MODES.includes(mode)) {
      throw new ClipError('BAD_INPUT', `expected mode ${CLASSIFY_MODES.join(', ')}, got ${mode}`);
    }
    const labelEmbeddings = await this.encodeLabels(labels, options.templates);
    const imageEmbeddings = await this.encodeImages(images);
    return imageEmbeddings.map((embedding) =>
      classifyEmbeddings(embedding, labels, labelEmbeddings, {
        mode,
        logitScale,
        logitBias,
      }),
    );
  }

  /**
   * Computes the text embeddings that {@link Clip.classify} compares images with.
   *
   * @returns one [E] per label, in their order, of length 1.
   * @throws ClipError BAD_INPUT for no labels, an empty label, or a template without `{}`.
   * @example
   * ```ts
   * import { ENSEMBLE_TEMPLATES, loadClip } from '@clipql/core';
   * import { modelFromFolder } from '@clipql/core/node';
   *
   * const clip = await loadClip(await modelFromFolder('models/nano'));
   * const labels = await clip.encodeLabels(['cat', 'dog'], ENSEMBLE_TEMPLATES);
   * console.log(labels.length); // 2
   * ```
   */
  async encodeLabels(
    labels: readonly string[],
    templates: readonly string[] = DEFAULT_TEMPLATES,
  ): Promise<Float32Array[]> {
    const prompts = labelPrompts(labels, templates);
    const embeddings = await this.encodeTexts(prompts);
    return labels.map((_, i) =>
      meanDirection(embeddings.slice(i * templates.length, (i + 1) * templates.length)),
    );
  }

  /**
   * The gradient of Σ weight · cos(embedding, target) by an image's pixels, with the model held fixed: how to change
   * the pixels so that the image comes closer to the targets.
   *
   * Runs on backend `wasm` in float32 and on `reference`. The weights are not copied; what the backward pass reads of
   * the forward pass takes 17 MB an image for ViT-B/32. As many images share a pass as fit into 256 MiB, at most 8 and
   * at least 1.
   *
   * @param images as {@link Clip.preprocess} gives them.
   * @param targets at least one, the same for all images.
   * @param options.dropped residual branches to drop, as stochastic depth does in training (G. Huang et al. 2016).
   * @returns one gradient per image, [3, S, S] by normalised pixels: divided by the `std` of
   *   {@link Clip.preprocessing}, it is by the pixels before they were normalised.
   * @throws ClipError BAD_INPUT for another backend or precision, targets that have no direction, pixels of
   *   another model's size, and branches that the model does not have. OUT_OF_MEMORY, WORKER_LOST or DISPOSED while
   *   the model runs.
   * @example
   * ```ts
   * import { readFile } from 'node:fs/promises';
   * import { loadClip } from '@clipql/core';
   * import { modelFromFolder } from '@clipql/core/node';
   *
   * const clip = await loadClip(await modelFromFolder('models/nano'));
   * const photo = await clip.preprocess(await readFile('packages/api/examples/march-pastoral.jpg'));
   * const [embedding] = await clip.encodeTexts(['a photo of a boat.']);
   * const [before] = await clip.imageGradient([photo], [{ embedding }]);
   * const data = photo.data.map((value, i) => value + before.gradient[i]);
   * const [after] = await clip.imageGradient([{ ...photo, data }], [{ embedding }]);
   * console.log(after.cosines[0] > before.cosines[0]); // true
   * ```
   */
  async imageGradient(
    images: readonly PixelTensor[],
    targets: readonly GradientTarget[],
    { dropped = [] }: GradientOptions = {},
  ): Promise<ImageGradient[]> {
    const { directions, sum } = targetDirections(targets, this.info.embeddingWidth);
    const pixels = images.map((image) => this.#checked(image));
    const branches = checkedBranches(dropped, this.info.residualBranches);
    const gradients = await this.#parts.encoder.imageGradients(pixels, sum, branches);
    return gradients.map(({ normalized, gradient }) => ({
      gradient,
      cosines: directions.map((direction) => dot(normalized, direction)),
    }));
  }

  /**
   * Frees the model's memory. Calls in flight and later ones reject with DISPOSED.
   *
   * @example
   * ```ts
   * import { loadClip } from '@clipql/core';
   * import { modelFromFolder } from '@clipql/core/node';
   *
   * const clip = await loadClip(await modelFromFolder('models/nano'));
   * clip.dispose();
   * const reason = await clip.encodeTexts(['a dog']).catch((error) => error.code);
   * console.log(reason); // DISPOSED
   * ```
   */
  dispose(): void {
    this.#parts.backend.dispose();
    void this.#parts.encoder.close();
  }

  async #pixelsOf(image: ImageInput): Promise<Float32Array> {
    return this.#checked(isPixelTensor(image) ? image : await this.preprocess(image));
  }

  #checked({ size, data }: PixelTensor): Float32Array {
    const { imageSize } = this.info;
    if (size !== imageSize || data?.length !== 3 * imageSize * imageSize) {
      throw new ClipError(
        'BAD_INPUT',
        `expected pixels [3, ${imageSize}, ${imageSize}], got ${grouped(data?.length ?? 0)} values of size ${size}`,
      );
    }
    return data;
  }

  #idsOf(text: TextInput): readonly number[] {
    const { ids } = typeof text === 'string' ? this.tokenize(text) : text;
    if (!Array.isArray(ids)) {
      throw new ClipError('BAD_INPUT', `expected a text or its token ids, got ${typeof text}`);
    }
    return towerIds(ids, this.#parts.config.text);
  }
}

const isPixelTensor = (image: ImageInput): image is PixelTensor =>
  typeof image === 'object' && image !== null && 'size' in image && 'data' in image;

const kindOf = ({ normalize = true }: EncodeOptions): EmbeddingKind =>
  normalize ? 'normalized' : 'embeddings';
