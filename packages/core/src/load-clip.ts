import { canShareMemory, canStartThreads } from '#threads';
import {
  type Backend,
  GPU_MODES,
  type GpuMode,
  PRECISIONS,
  type Precision,
} from './backends/backend.ts';
import { createReferenceBackend } from './backends/reference/index.ts';
import { createWasmBackend } from './backends/wasm/index.ts';
import { Clip } from './clip.ts';
import type { ClipInfo } from './clip-info.ts';
import { parseConfig } from './config/config-json.ts';
import { OPENAI_TOKENIZER, openClipTokenizer } from './config/open-clip-tokenizer.ts';
import { openAiPreprocessing, readPreprocessing } from './config/preprocessing.ts';
import { Encoder } from './encoder/encoder.ts';
import { HELD_TOWERS, type HeldTowers, heldBytes, Towers } from './encoder/towers.ts';
import { ClipError } from './errors.ts';
import { weightsOfGraphs } from './graph/plan.ts';
import { residualBranches } from './graph/residual-branches.ts';
import type { ImageLimits } from './image/sniff.ts';
import { TOKEN_TABLE } from './model/siglip-text.ts';
import { imageTowerOf, textTowerOf } from './model/towers.ts';
import {
  CONFIG_FILE,
  type ModelFiles,
  missingFile,
  OPEN_CLIP_CONFIG_FILE,
  PREPROCESSOR_FILE,
  TOKENIZER_CONFIG_FILE,
  WEIGHTS_FILE,
} from './model-files.ts';
import { type ModelLayout, readModelLayout } from './model-layout.ts';
import { createTokenizer } from './text/tokenizer.ts';
import { readTokenizer } from './text/tokenizer-files.ts';
import { closedOnce } from './weights/byte-source.ts';
import { type Checkpoint, openCheckpoint } from './weights/checkpoint.ts';
import { openWeights, type Weights } from './weights/load.ts';
import { TokenTable } from './weights/token-table.ts';

/** The backends that {@link loadClip} can run a model on. */
export const BACKENDS = ['wasm', 'gpu', 'reference'] as const;
/** A backend of {@link BACKENDS}. */
export type BackendName = (typeof BACKENDS)[number];

/** What {@link LoadOptions.backend} may be. */
export const BACKEND_CHOICES = ['auto', ...BACKENDS] as const;

/** Options of {@link loadClip}. */
export interface LoadOptions extends ImageLimits {
  /**
   * Default: `wasm`. `gpu` runs on any adapter, even a software one such as SwiftShader, and throws
   * GPU_UNAVAILABLE if there is none. `auto` is `gpu` on real hardware, and `wasm` otherwise.
   */
  readonly backend?: (typeof BACKEND_CHOICES)[number];
  /**
   * What gpu.js computes with, on backend `gpu`. Default: `webgpu` if there is an adapter, else `webgl2`.
   * `webasm` and `cpu` use no GPU.
   */
  readonly gpuMode?: GpuMode;
  /**
   * What the linear layers compute with. Default: `f32`. `int8` runs on backend `wasm` only. It is faster
   * and takes {@link INT8_MEMORY_SHARE} of the memory; its embeddings have a cosine above 0.998 with those
   * of `f32`.
   */
  readonly precision?: Precision;
  /**
   * Threads per forward pass, on backend `wasm`. Default: the number of physical cores. A page has one
   * thread unless it is cross-origin isolated and may start workers from blobs.
   */
  readonly threads?: number;
  /**
   * How far those threads give way to everything else that wants the processor, 0 (default) to 19 as `nice` has it.
   * A server that answers while the model runs does so sooner with 5. Linux only; ignored elsewhere.
   */
  readonly niceness?: number;
  /**
   * What of a model is in memory. Default: `both` towers, loaded by {@link loadClip}. `used`: each is loaded
   * when it is first used, and stays; a program that only embeds texts never reads the image tower. `one`: each
   * is loaded when it is used, and takes the memory of the other; for work that does all texts before the
   * first image. What is wrong with the weights' values is then found when their tower is loaded; their
   * names, shapes and types are always checked by {@link loadClip}.
   */
  readonly towers?: HeldTowers;
  /**
   * Told, before any weights are read, the bytes that they will take in memory at most. What it throws,
   * {@link loadClip} throws.
   */
  readonly onMemory?: (bytes: number) => void;
}

/**
 * Loads a CLIP or SigLIP model: config, weights, tokenizer and preprocessing, as transformers, open_clip or OpenAI lay
 * them out. Weights are checked against the config, tensor by tensor, before anything runs.
 *
 * @throws ClipError MODEL_NOT_FOUND, MODEL_CONFIG_INVALID, WEIGHTS_INVALID, WEIGHTS_MISMATCH,
 *   OUT_OF_MEMORY or GPU_UNAVAILABLE; BAD_INPUT for invalid options.
 * @example
 * ```ts
 * import { loadClip } from '@clipql/core';
 * import { modelFromFolder } from '@clipql/core/node';
 *
 * const clip = await loadClip(await modelFromFolder('models/nano'), { precision: 'int8' });
 * console.log(clip.info.embeddingWidth, clip.info.backend.precision); // 128 int8
 * clip.dispose();
 * ```
 */
export async function loadClip(files: ModelFiles, options: LoadOptions = {}): Promise<Clip> {
  checkOptions(options);
  const file = await files.openWeights();
  if (file === undefined) throw await missingWeights(files);
  const source = closedOnce(file);
  try {
    const checkpoint = await openCheckpoint(source);
    const model = await readModelLayout(files, checkpoint);
    const { config } = model;
    const preprocessing = await preprocessingOf(files, model);
    const definition = (await readTokenizer(files.read)) ?? (await missingTokenizer(files, model));
    const settings = await files.read(TOKENIZER_CONFIG_FILE);
    const textConfig = { ...config.text, ...model.textOptions };
    const tokenizer = createTokenizer(definition, settings, textConfig);
    files.discard?.(definition);
    const backend = await CREATE_BACKEND[options.backend ?? 'wasm'](options);
    const { encoder, ...loaded } = await loadWeights(model, checkpoint, backend, options).catch(
      (error: unknown) => {
        backend.dispose();
        throw error;
      },
    );
    const info: ClipInfo = {
      name: files.name,
      embeddingWidth: config.embeddingWidth,
      imageSize: config.vision.imageSize,
      imageArchitecture: config.vision.tower,
      contextLength: config.text.contextLength,
      classifyMode: config.loss,
      ...loaded,
      backend: backend.info,
    };
    return new Clip({ info, config, preprocessing, tokenizer, encoder, backend, limits: options });
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** open_clip's folders and OpenAI's files may come without one: the former name the model that has it. */
async function missingTokenizer(files: ModelFiles, { isOpenAi }: ModelLayout): Promise<never> {
  const openClip = await files.read(OPEN_CLIP_CONFIG_FILE);
  const owner = openClip === undefined ? OPENAI_TOKENIZER : openClipTokenizer(openClip);
  const advice =
    isOpenAi || openClip !== undefined ? `: put that of ${owner} beside the weights` : '';
  throw new ClipError(
    'MODEL_NOT_FOUND',
    `model ${files.name}: expected tokenizer.json, or vocab.json with merges.txt, got none${advice}`,
  );
}

/** @throws ClipError MODEL_CONFIG_INVALID where no weights would help. */
async function missingWeights(files: ModelFiles): Promise<ClipError> {
  const json = await files.read(CONFIG_FILE);
  if (json !== undefined) parseConfig(json);
  const config = json ?? (await files.read(OPEN_CLIP_CONFIG_FILE));
  return missingFile(files, config === undefined ? CONFIG_FILE : WEIGHTS_FILE);
}

/** OpenAI's own checkpoints come without a file that says it. */
async function preprocessingOf(files: ModelFiles, { config, isOpenAi }: ModelLayout) {
  const { imageSize } = config.vision;
  const stated = await readPreprocessing(files.read, imageSize);
  if (stated !== undefined) return stated;
  if (isOpenAi) return openAiPreprocessing(imageSize);
  throw missingFile(files, PREPROCESSOR_FILE);
}

/** Beyond this, the threads of a forward pass would only wait for each other. */
export const MAX_THREADS = 256;

function checkOptions(options: LoadOptions): void {
  const { backend, gpuMode, precision, threads, niceness, towers, maxPixels } = options;
  const expect = (holds: boolean, expected: string, got: unknown): void => {
    if (!holds) throw new ClipError('BAD_INPUT', `expected ${expected}, got ${String(got)}`);
  };
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;
  expect(
    backend === undefined || BACKEND_CHOICES.includes(backend),
    `backend ${BACKEND_CHOICES.join(' or ')}`,
    backend,
  );
  expect(
    gpuMode === undefined || (backend === 'gpu' && GPU_MODES.includes(gpuMode)),
    `gpuMode ${GPU_MODES.join(' or ')}, with backend gpu`,
    gpuMode,
  );
  expect(
    precision === undefined || PRECISIONS.includes(precision),
    `precision ${PRECISIONS.join(' or ')}`,
    precision,
  );
  expect(
    threads === undefined || (isCount(threads) && threads <= MAX_THREADS),
    `threads as a whole number from 1 to ${MAX_THREADS}`,
    threads,
  );
  expect(
    niceness === undefined || (Number.isInteger(niceness) && niceness >= 0 && niceness <= 19),
    'niceness as a whole number from 0 to 19',
    niceness,
  );
  expect(
    towers === undefined || HELD_TOWERS.includes(towers),
    `towers ${HELD_TOWERS.join(' or ')}`,
    towers,
  );
  expect(maxPixels === undefined || isCount(maxPixels), 'maxPixels as a whole number', maxPixels);
}

type CreateBackend = (options: LoadOptions) => Backend | Promise<Backend>;

const CREATE_BACKEND: Record<(typeof BACKEND_CHOICES)[number], CreateBackend> = {
  wasm: async ({ precision = 'f32', threads, niceness = 0 }) => {
    const shared = canShareMemory() && (await canStartThreads());
    const team = { niceness, ...(threads !== undefined && { threads }) };
    return createWasmBackend({ precision, shared, ...team });
  },
  gpu: async (options) => {
    float32Only('gpu', options);
    const { createGpuBackend } = await import('./backends/gpu/index.ts');
    return createGpuBackend(options.gpuMode === undefined ? {} : { mode: options.gpuMode });
  },
  reference: (options) => {
    float32Only('reference', options);
    return createReferenceBackend();
  },
  auto: async (options) => {
    // Only the WebAssembly kernels compute in int8.
    if (options.precision === 'int8') return CREATE_BACKEND.wasm(options);
    const { createHardwareBackend } = await import('./backends/gpu/index.ts');
    return (await createHardwareBackend()) ?? CREATE_BACKEND.wasm(options);
  },
};

function float32Only(backend: BackendName, { precision = 'f32' }: LoadOptions): void {
  if (precision === 'f32') return;
  throw new ClipError('BAD_INPUT', `backend ${backend}: expected precision f32, got ${precision}`);
}

async function loadWeights(
  { config, layout, scales }: ModelLayout,
  checkpoint: Checkpoint,
  backend: Backend,
  { towers: held = 'both', onMemory }: LoadOptions,
) {
  const image = imageTowerOf(config, 1);
  const text = textTowerOf(config, { texts: 1, tokens: config.text.contextLength });
  const parameters = [...scales, ...image.parameters, ...text.parameters];
  const weights = openWeights(checkpoint, parameters, layout);
  const towerWeights = {
    image: weightsOfGraphs([image.graph]),
    text: weightsOfGraphs([text.graph]),
  };
  onMemory?.(heldBytes(backend, towerWeights, held));
  const logitScale = Math.exp(await scalar(weights, 'logitScale'));
  if (!Number.isFinite(logitScale)) {
    throw new ClipError('WEIGHTS_MISMATCH', 'expected a logit_scale with a finite exponential');
  }
  const logitBias = config.loss === 'sigmoid' ? await scalar(weights, 'logitBias') : 0;
  const tokenTable =
    config.text.tower === 'siglip'
      ? new TokenTable(weights, TOKEN_TABLE, config.text.width)
      : undefined;
  const { shapes } = backend;
  const towers = new Towers({ backend, weights: towerWeights, source: weights, held });
  const encoder = new Encoder({ config, towers, weights, shapes, tokenTable });
  if (held === 'both') await encoder.loadBoth();
  return {
    encoder,
    parameters: weights.parameterCount,
    residualBranches: residualBranches(image.graph),
    logitScale,
    logitBias,
  };
}

async function scalar(weights: Weights, name: string): Promise<number> {
  const [value] = await weights.read(name);
  return value!;
}
