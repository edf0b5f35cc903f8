import type { Plan } from '../graph/plan.ts';
import type { Weight } from '../graph/weight.ts';
import type { RunInputs, RunOutputs } from './run-values.ts';

/** What the linear layers compute with. */
export const PRECISIONS = ['f32', 'int8'] as const;
/** A precision of {@link PRECISIONS}. */
export type Precision = (typeof PRECISIONS)[number];

/**
 * What `int8` takes of the memory of `f32` for ViT-B/32: a quarter for linear layers, all of it for the
 * token table. Models with other proportions are a few hundredths off.
 */
export const INT8_MEMORY_SHARE = 0.38;

/** What runs the model, as `clip.info` and the command line report it. */
export interface BackendInfo {
  readonly name: string;
  readonly precision: Precision;
  readonly threads: number;
  /** Which build of the kernels runs, on WebAssembly. */
  readonly simd?: 'plain' | 'relaxed';
  /** What gpu.js computes with, on backend `gpu`. */
  readonly mode?: GpuMode;
  /** The graphics adapter, as its driver names it. */
  readonly adapter?: string;
  /** How gpu.js runs a plan: `fused-encoder` is one submission to the device for a forward pass. */
  readonly executor?: string;
}

/** gpu.js's modes. The last two compute on the CPU, and only run when asked for by name. */
export const GPU_MODES = ['webgpu', 'webgl2', 'webasm', 'cpu'] as const;
/** A mode of {@link GPU_MODES}. */
export type GpuMode = (typeof GPU_MODES)[number];

/**
 * Shapes of forward passes to keep to, each list from the smallest up, for a backend on which every
 * further shape is costly. What does not fill its shape is padded.
 */
export interface RunShapes {
  /** Images of a pass. */
  readonly images: readonly number[];
  /** Texts of a pass, and tokens of all of them together. */
  readonly texts: readonly { readonly texts: number; readonly tokens: number }[];
}

/** Where a backend gets the weights from, by our names, as float32, row-major. */
export interface WeightReader {
  /** All of a parameter; not to be written to. */
  read(name: string): Promise<Float32Array>;
  /** As many of a parameter's values as `target` has room for, from index `start` on. */
  readInto(name: string, start: number, target: Float32Array): Promise<void>;
}

/** Where a model runs. It holds weights, each packed once, and one arena that serves all plans. */
export interface Backend {
  readonly info: BackendInfo;
  /** Absent where any shape is as good. */
  readonly shapes?: RunShapes;
  /** Bytes that the packed weights and the arena take now. */
  readonly memoryBytes: number;
  /** Bytes that weights take once they are loaded. */
  bytesOf(weights: readonly Weight[]): number;
  /**
   * Packs weights as their roles want them, each read once.
   *
   * @throws ClipError OUT_OF_MEMORY where there is no room for them, DISPOSED, or what the source throws.
   */
  load(weights: readonly Weight[], source: WeightReader): Promise<LoadedWeights>;
  /** Frees the memory. A run in flight, and every later one, rejects with DISPOSED. */
  dispose(): void;
}

/** Weights on a backend, ready for every plan that reads no others. */
export interface LoadedWeights {
  /** Makes a plan runnable. */
  compile(plan: Plan): Executable;
  /** Gives their memory back once the runs that were asked for are over; no later run may be asked for. */
  release(): Promise<void>;
}

/** One plan on one backend. */
export interface Executable {
  /**
   * One forward pass.
   *
   * @param inputs every input of the plan by name, rows × columns values each, row-major.
   * @returns every output of the plan by name, rows × columns values each, row-major; the caller's
   *   to keep. Runs that overlap are queued.
   */
  run(inputs: RunInputs): Promise<RunOutputs>;
}
