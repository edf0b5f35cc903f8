import type { Executable, LoadedWeights, RunShapes } from './backends/backend.ts';
import type { ClipConfig } from './config/clip-config.ts';
import type { Graph } from './graph/graph.ts';
import { planGraph } from './graph/plan.ts';
import { planOperations } from './graph/work.ts';
import { textTower } from './model/text.ts';
import { visionTower } from './model/vision.ts';

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

/**
 * The two towers over loaded weights: splits what comes into forward passes, and keeps the plans by shape.
 */
export class Encoder {
  readonly #config: ClipConfig;
  readonly #weights: LoadedWeights;
  readonly #shapes: RunShapes | undefined;
  readonly #executables = new Map<string, Executable>();
  readonly #textCosts = new Map<number, number>();
  #imageCost: number | undefined;

  /** @param shapes the backend's, where it has any. */
  constructor(config: ClipConfig, weights: LoadedWeights, shapes: RunShapes | undefined) {
    this.#config = config;
    this.#weights = weights;
    this.#shapes = shapes && forContext(shapes, config.text.contextLength);
  }

  /** Of one image. */
  get imageOperations(): number {
    const { vision, embeddingWidth } = this.#config;
    this.#imageCost ??= planOperations(planGraph(visionTower(vision, embeddingWidth, 1).graph));
    return this.#imageCost;
  }

  /** Of one text of so many tokens. */
  textOperations(tokens: number): number {
    const known = this.#textCosts.get(tokens);
    if (known !== undefined) return known;
    const { text, embeddingWidth } = this.#config;
    const { graph } = textTower(text, embeddingWidth, { texts: 1, tokens });
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

  /** @param texts token ids up to the end token, one list a text. @returns one [E] array a text. */
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

  async #imageBatch(images: readonly Float32Array[], kind: EmbeddingKind): Promise<Float32Array[]> {
    const { channels, imageSize, patches } = this.#config.vision;
    const values = channels * imageSize * imageSize;
    const shape = this.#imageShape(images.length);
    const pixels = new Float32Array(shape * values);
    for (const [i, image] of images.entries()) pixels.set(image, i * values);
    const offsets = Int32Array.from({ length: shape + 1 }, (_, i) => i * (patches + 1));
    const classRows = offsets.slice(0, shape);
    const executable = this.#visionExecutable(shape);
    const outputs = await executable.run({ pixels, offsets, classRows });
    return this.#rows(outputs[kind]!, images.length);
  }

  async #textBatch(
    texts: readonly (readonly number[])[],
    kind: EmbeddingKind,
  ): Promise<Float32Array[]> {
    const tokens = texts.reduce((sum, text) => sum + text.length, 0);
    const shape = this.#textShape(texts.length, tokens);
    // Rows past the last text belong to none, and texts past it have no rows.
    const ids = new Int32Array(shape.tokens);
    const positions = new Int32Array(shape.tokens);
    const offsets = new Int32Array(shape.texts + 1).fill(tokens);
    const endRows = new Int32Array(shape.texts);
    let start = 0;
    for (const [i, text] of texts.entries()) {
      offsets[i] = start;
      ids.set(text, start);
      positions.set(
        text.map((_, position) => position),
        start,
      );
      start += text.length;
      endRows[i] = start - 1;
    }
    const executable = this.#textExecutable(shape.texts, shape.tokens);
    const outputs = await executable.run({ ids, positions, offsets, endRows });
    return this.#rows(outputs[kind]!, texts.length);
  }

  /** Images of the forward pass that takes these. */
  #imageShape(images: number): number {
    return this.#shapes?.images.find((shape) => shape >= images) ?? images;
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

  #visionExecutable(batch: number): Executable {
    const { vision, embeddingWidth } = this.#config;
    return this.#executable(
      `vision ${batch}`,
      () => visionTower(vision, embeddingWidth, batch).graph,
    );
  }

  #textExecutable(texts: number, tokens: number): Executable {
    const { text, embeddingWidth } = this.#config;
    return this.#executable(
      `text ${texts} ${tokens}`,
      () => textTower(text, embeddingWidth, { texts, tokens }).graph,
    );
  }

  #executable(shape: string, build: () => Graph): Executable {
    const known = this.#executables.get(shape);
    this.#executables.delete(shape);
    const executable = known ?? this.#weights.compile(planGraph(build()));
    this.#executables.set(shape, executable);
    if (this.#executables.size > MAX_PLANS) {
      const [oldest] = this.#executables.keys();
      this.#executables.delete(oldest!);
    }
    return executable;
  }
}

type TextShape = RunShapes['texts'][number];

/** Shapes of which the largest has room for the longest text. */
function forContext({ images, texts }: RunShapes, contextLength: number): RunShapes {
  const largest = texts.at(-1)!;
  const tokens = Math.max(largest.tokens, contextLength);
  return { images, texts: [...texts.slice(0, -1), { ...largest, tokens }] };
}
