/**
 * The WebAssembly backend: float32 kernels compiled from `packages/core/assembly`, with relaxed SIMD
 * where the engine has it, run by a team of threads where memory can be shared. A whole plan runs in
 * one call.
 */
import { canShareMemory, defaultThreads, startThread } from '#threads';
import { ClipError } from '../../errors.ts';
import type { Plan } from '../../graph/plan.ts';
import type { Step } from '../../graph/step.ts';
import type { Weight } from '../../graph/weight.ts';
import { kernelModule, runsHere } from '../../threads/kernels.ts';
import { aligned, LinearMemory } from '../../threads/linear-memory.ts';
import { RunQueue } from '../../threads/run-queue.ts';
import { createRunner, type Runner } from '../../threads/runner.ts';
import { CONTROL_BYTES } from '../../threads/team.ts';
import type { StartThread } from '../../threads/thread.ts';
import { Workspace } from '../../threads/workspace.ts';
import type {
  Backend,
  BackendInfo,
  Executable,
  LoadedWeights,
  Precision,
  WeightReader,
} from '../backend.ts';
import { forwardPlan } from '../forward-plan.ts';
import { type RunInputs, type RunOutputs, readOutputs, writeInputs } from '../run-values.ts';
import { KERNELS } from './kernels.generated.ts';
import { PANEL } from './pack-panels.ts';
import { bytesOf, PackedWeights } from './packed-weights.ts';
import { programBytes, programEncoder, quantizedBytes } from './program.ts';

/** A build of the kernels: `relaxed` has fused multiply-add, where the engine knows relaxed SIMD. */
type Simd = 'plain' | 'relaxed';

export interface WasmOptions {
  /** What the linear layers compute with; `f32` unless given. */
  readonly precision?: Precision;
  /** The best that the engine has, unless given. */
  readonly simd?: Simd;
  /**
   * Threads that a forward pass uses; as many as there are physical cores, unless given. Where memory
   * cannot be shared it runs on the calling thread, whatever is given.
   */
  readonly threads?: number;
  /** Of the threads, 0 to 19; 0 unless given. */
  readonly niceness?: number;
  /** Whether threads of their own run the model; where memory can be shared, unless given. */
  readonly shared?: boolean;
  /** How threads are started; for tests. */
  readonly startThread?: StartThread;
}

/** Address 0 means "none" to the kernels, so nothing is put there. */
const CONTROL_ADDRESS = 64;
const RESERVED_BYTES = CONTROL_ADDRESS + CONTROL_BYTES;
const WORD_BYTES = 4;

export function createWasmBackend(options: WasmOptions = {}): Backend {
  return new WasmBackend(options);
}

/** What a run works in, side by side in the workspace. */
type WorkspacePart = 'arena' | 'quantized' | 'program' | 'scratch';
/** Bytes of each part that a plan needs. */
type WorkspaceSizes = Readonly<Record<WorkspacePart, number>>;

class WasmBackend implements Backend {
  readonly info: BackendInfo;
  #memory: LinearMemory;
  readonly #runner: Runner;
  /** What the running plan works in. */
  #workspace: Workspace;
  readonly #loaded = new Set<PackedWeights>();
  readonly #queue = new RunQueue();
  #disposed = false;

  constructor(options: WasmOptions) {
    const { simd = bestSimd(), precision = 'f32', niceness = 0 } = options;
    const shared = options.shared ?? canShareMemory();
    const threads = shared ? (options.threads ?? defaultThreads()) : 1;
    this.info = { name: 'wasm', precision, threads, simd };
    this.#memory = new LinearMemory(shared, RESERVED_BYTES);
    const module = kernelModule(KERNELS[shared ? (`${simd}Threads` as const) : simd]);
    const { memory } = this.#memory;
    this.#workspace = new Workspace(this.#memory);
    const start = options.startThread ?? startThread;
    this.#runner = createRunner(
      { module, memory, control: CONTROL_ADDRESS, threads, start, niceness, what: 'the model' },
      shared,
    );
  }

  get memoryBytes(): number {
    return this.#disposed ? 0 : this.#memory.size;
  }

  bytesOf(weights: readonly Weight[]): number {
    return bytesOf(weights, this.info.precision);
  }

  /** Waits for its turn, as a run does: the memory does not grow while one is under way. */
  load(weights: readonly Weight[], source: WeightReader): Promise<LoadedWeights> {
    return this.#queue.add(async () => {
      this.#checkUsable();
      const memory = this.#memory;
      const { precision } = this.info;
      const packed = await PackedWeights.pack(weights, source, { memory, precision });
      this.#checkUsable();
      this.#loaded.add(packed);
      return {
        compile: (plan) => this.#compile(plan, packed),
        release: () => this.#queue.add(() => this.#release(packed)),
      };
    });
  }

  /** What lies above the weights that are still loaded is free for the next. */
  #release(packed: PackedWeights): void {
    if (!this.#loaded.delete(packed) || this.#disposed) return;
    const ends = [...this.#loaded].map(({ end }) => end);
    const end = Math.max(aligned(RESERVED_BYTES), ...ends);
    this.#memory.release(end);
    if (this.#workspace.end > end) this.#workspace = new Workspace(this.#memory);
  }

  #compile(plan: Plan, weights: PackedWeights): Executable {
    if (this.info.precision === 'int8') forwardPlan(plan, this.info);
    const scratchBytes = scratchBytesOf(plan);
    const sizes: WorkspaceSizes = {
      arena: plan.arenaWords * WORD_BYTES,
      quantized: quantizedBytes(plan, this.info.precision),
      program: programBytes(plan),
      scratch: scratchBytes * this.info.threads,
    };
    const encode = programEncoder(plan, weights);
    return {
      run: (inputs) => this.#queue.add(() => this.#run(plan, encode, sizes, scratchBytes, inputs)),
    };
  }

  dispose(): void {
    this.#disposed = true;
    this.#loaded.clear();
    this.#runner.dispose();
    // Whoever still holds the model no longer holds its memory.
    this.#memory = new LinearMemory(false, RESERVED_BYTES);
    this.#workspace = new Workspace(this.#memory);
  }

  async #run(
    plan: Plan,
    encode: ReturnType<typeof programEncoder>,
    sizes: WorkspaceSizes,
    scratchBytes: number,
    inputs: RunInputs,
  ): Promise<RunOutputs> {
    this.#checkUsable();
    const { arena, quantized, program, scratch } = this.#workspace.reserve(sizes);
    const views = {
      f32: this.#memory.f32(arena, plan.arenaWords),
      i32: this.#memory.i32(arena, plan.arenaWords),
    };
    writeInputs(plan, inputs, views);
    const { words, steps } = encode({ arena, quantized });
    this.#memory.i32(program, words.length).set(words);
    await this.#runner.run([program, steps, scratch, scratchBytes]);
    this.#checkUsable();
    return readOutputs(plan, views);
  }

  #checkUsable(): void {
    if (this.#disposed) throw new ClipError('DISPOSED', 'the model was disposed of');
  }
}

/** The best build that this engine can run. */
const bestSimd = (): Simd => (runsHere(KERNELS.relaxed) ? 'relaxed' : 'plain');

/** What a thread's part of any step needs. */
const scratchBytesOf = (plan: Plan): number =>
  aligned(Math.max(0, ...plan.steps.map(scratchWords)) * WORD_BYTES);

function scratchWords(step: Step): number {
  switch (step.op) {
    // Two queries' scores: at most as many as the longest sequence has rows, each filled up to vectors.
    case 'attention':
    case 'attentionWeights':
      return 2 * (step.key.rows + 3);
    case 'attentionScoreGradient':
      return 2 * (step.value.rows + 3);
    // A panel of the weight, transposed.
    case 'linearTranspose':
      return PANEL * step.x.columns;
    default:
      return 0;
  }
}
