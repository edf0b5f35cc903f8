import type { RunShapes } from '../backends/backend.ts';
import type { RunInputs } from '../backends/run-values.ts';
import type { ClipConfig } from '../config/clip-config.ts';
import { planGraph } from '../graph/plan.ts';
import { planOperations } from '../graph/work.ts';
import { imageTowerOf, textTowerOf } from '../model/towers.ts';
import type { Weights } from '../weights/load.ts';
import type { TokenTable } from '../weights/token-table.ts';
import {
  type EmbeddingGradient,
  embeddingGradients,
  gradientBatch,
  gradientInputs,
  gradientTower,
} from './gradient-pass.ts';
import { shapesFor, type TextShape } from './run-shapes.ts';
import { packedTexts, tokenRows } from './text-inputs.ts';
import type { TowerName, Towers } from './towers.ts';

/** Embeddings as the projection gives them, or divided by their length. */
export type EmbeddingKind = 'embeddings' | 'normalized';

/**
 * The most images of one forward pass. Beyond this a larger batch gains nothing on a CPU, and the
 * arena grows with it.
 */
const MAX_IMAGES = 8;
/** The most tokens of one forward pass of the text tower, all texts together. */
const MAX_TOKENS = 1024;

export interface EncoderParts {
  readonly config: ClipConfig;
  readonly towers: Towers;
  /** What the towers and the token table are read from. */
  readonly weights: Pick<Weights, 'close'>;
  /** The backend's, where it has any. */
  readonly shapes: RunShapes | undefined;
  /** Where the text tower takes token embeddings from; undefined where it holds them. */
  readonly tokenTable: TokenTable | undefined;
}

/**
 * The two towers: splits what comes into forward passes.
 */
export class Encoder {
  readonly #config: ClipConfig;
  readonly #towers: Towers;
  readonly #weights: EncoderParts['weights'];
  readonly #shapes: RunShapes | undefined;
  readonly #tokenTable: TokenTable | undefined;
  readonly #textCosts = new Map<number, number>();
  #imageCost: number | undefined;
  #gradientBatch: number | undefined;

  constructor({ config, towers, weights, shapes, tokenTable }: EncoderParts) {
    this.#config = config;
    this.#towers = towers;
    this.#weights = weights;
    this.#shapes = shapes && shapesFor(shapes, config.text);
    this.#tokenTable = tokenTable;
  }

  /** Of one image. */
  get imageOperations(): number {
    this.#imageCost ??= planOperations(planGraph(imageTowerOf(this.#config, 1).graph));
    return this.#imageCost;
  }

  /** Of one text of so many tokens. */
  textOperations(tokens: number): number {
    const known = this.#textCosts.get(tokens);
    if (known !== undefined) return known;
    const { graph } = textTowerOf(this.#config, { texts: 1, tokens });
    const operations = planOperations(planGraph(graph));
    this.#textCosts.set(tokens, operations);
    return operations;
  }

  /** @param pixels one [3·S·S] array an image. @returns one [E] array an image. */
  async images(pixels: readonly Float32Array[], kind: EmbeddingKind): Promise<Float32Array[]> {
    const embeddings: Float32Array[] = [];
    const most = this.#shapes?.images.at(-1) ?? MAX_IMAGES;
    for (let start = 0; start < pixels.length; start += most) {
      const batch = pixels.slice(start, start + most);
      embeddings.push(...(await this.#imageBatch(batch, kind)));
    }
    return embeddings;
  }

  /**
   * @param pixels one [3·S·S] array an image.
   * @param direction the gradient of a number by each image's embedding of length 1, [E].
   * @param dropped residual branches that both passes drop.
   * @returns for each image the gradient of that number by its pixels.
   * @throws ClipError BAD_INPUT where the backend has no gradients.
   */
  async imageGradients(
    pixels: readonly Float32Array[],
    direction: Float32Array,
    dropped: readonly number[],
  ): Promise<EmbeddingGradient[]> {
    this.#gradientBatch ??= gradientBatch(this.#config, MAX_IMAGES);
    const gradients: EmbeddingGradient[] = [];
    for (let start = 0; start < pixels.length; start += this.#gradientBatch) {
      const batch = pixels.slice(start, start + this.#gradientBatch);
      const build = () => gradientTower(this.#config, batch.length, dropped);
      const pass = { shape: `gradient ${batch.length}`, dropped };
      const outputs = await this.#towers.use('image', (tower) =>
        tower.run(pass, build, gradientInputs(batch, direction)),
      );
      await this.#closeWhenRead();
      gradients.push(...embeddingGradients(outputs, batch.length));
    }
    return gradients;
  }

  /** @param texts token ids as the text tower takes them, one list a text. @returns one [E] array a text. */
  async texts(texts: readonly (readonly number[])[], kind: EmbeddingKind): Promise<Float32Array[]> {
    const embeddings: Float32Array[] = [];
    let batch: (readonly number[])[] = [];
    let tokens = 0;
    const flush = async () => {
      if (batch.length > 0) embeddings.push(...(await this.#textBatch(batch, kind)));
      batch = [];
      tokens = 0;
    };
    const most = this.#shapes?.texts.at(-1) ?? {
      texts: Number.POSITIVE_INFINITY,
      tokens: MAX_TOKENS,
    };
    for (const ids of texts) {
      if (batch.length === most.texts || tokens + ids.length > most.tokens) await flush();
      batch.push(ids);
      tokens += ids.length;
    }
    await flush();
    return embeddings;
  }

  /** Loads both towers. */
  async loadBoth(): Promise<void> {
    await this.#towers.loadBoth();
    await this.#closeWhenRead();
  }

  /** Loads a tower, where it is not loaded. */
  async load(tower: TowerName): Promise<void> {
    await this.#towers.use(tower, () => {});
    await this.#closeWhenRead();
  }

  /** Lets go of the file, from which nothing can be loaded then. */
  async close(): Promise<void> {
    await this.#weights.close();
  }

  async #imageBatch(images: readonly Float32Array[], kind: EmbeddingKind): Promise<Float32Array[]> {
    const { channels, imageSize } = this.#config.vision;
    const values = channels * imageSize * imageSize;
    const shape = this.#shapes?.images.find((size) => size >= images.length) ?? images.length;
    const pixels = new Float32Array(shape * values);
    for (const [i, image] of images.entries()) pixels.set(image, i * values);
    const build = () => imageTowerOf(this.#config, shape);
    const outputs = await this.#towers.use('image', (tower) =>
      tower.run({ shape: String(shape) }, build, { pixels }),
    );
    await this.#closeWhenRead();
    return this.#rows(outputs[kind]!, images.length);
  }

  async #textBatch(
    texts: readonly (readonly number[])[],
    kind: EmbeddingKind,
  ): Promise<Float32Array[]> {
    const tokens = texts.reduce((sum, text) => sum + text.length, 0);
    const shape = this.#textShape(texts.length, tokens);
    const build = () => textTowerOf(this.#config, shape);
    const inputs = await this.#textInputs(texts, shape);
    const outputs = await this.#towers.use('text', (tower) =>
      tower.run({ shape: `${shape.texts} ${shape.tokens}` }, build, inputs),
    );
    await this.#closeWhenRead();
    return this.#rows(outputs[kind]!, texts.length);
  }

  async #textInputs(texts: readonly (readonly number[])[], shape: TextShape): Promise<RunInputs> {
    const table = this.#tokenTable;
    return table === undefined ? packedTexts(texts, shape) : tokenRows(texts, shape, table);
  }

  /** Texts and tokens of the forward pass that takes these. */
  #textShape(texts: number, tokens: number): TextShape {
    const fits = (shape: TextShape) => shape.texts >= texts && shape.tokens >= tokens;
    return this.#shapes?.texts.find(fits) ?? { texts, tokens };
  }

  /** The first rows of a matrix of embeddings. */
  #rows(matrix: Float32Array, count: number): Float32Array[] {
    const width = this.#config.embeddingWidth;
    return Array.from({ length: count }, (_, i) => matrix.slice(i * width, (i + 1) * width));
  }

  /** The file stays open while it is read from: for a tower that is not loaded, or for the token table. */
  async #closeWhenRead(): Promise<void> {
    if (this.#tokenTable === undefined && this.#towers.isWhole) await this.#weights.close();
  }
}
