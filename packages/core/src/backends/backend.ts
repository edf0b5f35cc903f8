import type { Plan } from '../graph/plan.ts';
import type { RunInputs, RunOutputs } from './run-values.ts';

/** What runs the model, as `clip.info` and the command line report it. */
export interface BackendInfo {
  readonly name: string;
  readonly precision: 'f32' | 'int8';
  readonly threads: number;
  /** Which build of the kernels runs, on WebAssembly. */
  readonly simd?: 'plain' | 'relaxed';
}

/** Where a backend gets the weights from, by our names, as float32, row-major. */
export interface WeightReader {
  /** All of a parameter; not to be written to. */
  read(name: string): Promise<Float32Array>;
  /** As many of a parameter's values as `target` has room for, from index `start` on. */
  readInto(name: string, start: number, target: Float32Array): Promise<void>;
}

/** Runs plans. Its weights are packed once, and one arena serves all plans. */
export interface Backend {
  readonly info: BackendInfo;
  /** Bytes that the packed weights and the arena take now. */
  readonly memoryBytes: number;
  /** Makes a plan runnable; reads the weights that no earlier plan has brought in. */
  compile(plan: Plan, weights: WeightReader): Promise<Executable>;
  /** Frees the memory. A run in flight, and every later one, rejects with DISPOSED. */
  dispose(): void;
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
