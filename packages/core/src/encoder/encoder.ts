import type { Executable, LoadedWeights, RunShapes } from '../backends/backend.ts';
import type { RunInputs } from '../backends/run-values.ts';
import type { ClipConfig } from '../config/clip-config.ts';
import { planGraph } from '../graph/plan.ts';
import { planOperations } from '../graph/work.ts';
import type { Tower } from '../model/tower.ts';
import { imageTowerOf, textTowerOf } from '../model/towers.ts';
import type { TokenTable } from '../weights/token-table.ts';
import { shapesFor, type TextShape } from './run-shapes.ts';
import { packedTexts, tokenRows } from './text-inputs.ts';

/** Embeddings as the projection gives them, or divided by their length. */
export type EmbeddingKind = 'embeddings' | 'normalized';

/**
 * The most images of one forward pass. Beyond this a larger batch gains nothing on a CPU, and the
 * arena grows with it.
 */
const MAX_IMAGES = 8;
/** The most tokens of one forward pass of the text tower, all texts together. */
const MAX_TOKENS = 1024;
/** Shapes whose plans are kept; the one unused for longest goes first. */
const MAX_PLANS = 32;

export interface EncoderParts {
  readonly config: ClipConfig;
  readonly weights: LoadedWeights;
  /** The backend's, where it has any. */
  readonly shapes: RunShapes | undefined;
  /** Where the text tower takes token embeddings from; undefined where it holds them. */
  readonly tokenTable: TokenTable | undefined;
}

/** A tower that is ready to run, for one shape. */
interface Pass {
  readonly executable: Executable;
  readonly constants: Tower['constants'];
}

/**
 * The two towers over loaded weights: splits what comes into forward passes, and keeps the plans by shape.
 */
export class Encoder {
  readonly #config: ClipConfig;
  readonly #weights: LoadedWeights;
  readonly #shapes: RunShapes | undefined;
  readonly #tokenTable: TokenTable | undefined;
  readonly #passes = new Map<string, Pass>();
  readonly #textCosts = new Map<number, number>();
  #imageCost: number | undefined;

  constructor({ config, weights, shapes, tokenTable }: EncoderParts) {
    this.#config = config;
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

  /** Whether it goes on reading from the model's file until it is closed. */
  get readsOn(): boolean {
    return this.#tokenTable !== undefined;
  }

  /** Lets go of what the encoder holds besides its weights. */
  async close(): Promise<void> {
    await this.#tokenTable?.close();
  }

  async #imageBatch(images: readonly Float32Array[], kind: EmbeddingKind): Promise<Float32Array[]> {
    const { channels, imageSize } = this.#config.vision;
    const values = channels * imageSize * imageSize;
    const shape = this.#shapes?.images.find((size) => size >= images.length) ?? images.length;
    const pixels = new Float32Array(shape * values);
    for (const [i, image] of images.entries()) pixels.set(image, i * values);
    const { executable, constants } = this.#pass(`image ${shape}`, () =>
      imageTowerOf(this.#config, shape),
    );
    const outputs = await executable.run({ pixels, ...constants });
    return this.#rows(outputs[kind]!, images.length);
  }

  async #textBatch(
    texts: readonly (readonly number[])[],
    kind: EmbeddingKind,
  ): Promise<Float32Array[]> {
    const tokens = texts.reduce((sum, text) => sum + text.length, 0);
    const shape = this.#textShape(texts.length, tokens);
    const { executable, constants } = this.#pass(`text ${shape.texts} ${shape.tokens}`, () =>
      textTowerOf(this.#config, shape),
    );
    const outputs = await executable.run({
      ...(await this.#textInputs(texts, shape)),
      ...constants,
    });
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

  #pass(shape: string, build: () => Tower): Pass {
    const known = this.#passes.get(shape);
    this.#passes.delete(shape);
    const pass = known ?? this.#compile(build());
    this.#passes.set(shape, pass);
    if (this.#passes.size > MAX_PLANS) {
      const [oldest] = this.#passes.keys();
      this.#passes.delete(oldest!);
    }
    return pass;
  }

  #compile({ graph, constants }: Tower): Pass {
    return { executable: this.#weights.compile(planGraph(graph)), constants };
  }
}
