/**
 * The GPU backend: kernels as sources that gpu.js translates to WGSL or GLSL, a whole plan as one
 * pipeline. On WebGPU that is one submission and one readback for a forward pass, and the weights stay
 * on the device, a copy for each shape that has run.
 */
import { ClipError } from '../../errors.ts';
import type { Plan } from '../../graph/plan.ts';
import type { Weight } from '../../graph/weight.ts';
import { Interruption } from '../../threads/interruption.ts';
import { RunQueue } from '../../threads/run-queue.ts';
import type {
  Backend,
  BackendInfo,
  Executable,
  GpuMode,
  LoadedWeights,
  RunShapes,
  WeightReader,
} from '../backend.ts';
import { forwardPlan } from '../forward-plan.ts';
import type { RunInputs, RunOutputs } from '../run-values.ts';
import { bestMode, findGpu } from './adapter.ts';
import { GpuExecutable } from './executable.ts';
import { loadGpuJs } from './gpu-js.ts';
import { Session } from './session.ts';
import { HostWeights, hostBytes } from './weights.ts';

export interface GpuOptions {
  /** `webgpu` where an adapter answers, else `webgl2`, unless given. */
  readonly mode?: GpuMode;
}

/**
 * Few, since the device holds a copy of a tower's weights for each of its shapes: two of either tower
 * at most. Each tower has a shape for one question, and one for a batch.
 */
const SHAPES: RunShapes = {
  images: [1, 8],
  texts: [
    { texts: 2, tokens: 32 },
    { texts: 16, tokens: 256 },
  ],
};

/** @throws ClipError GPU_UNAVAILABLE where no adapter answers, or gpu.js does not run on it. */
export async function createGpuBackend({ mode }: GpuOptions = {}): Promise<Backend> {
  const gpuJs = await loadGpuJs();
  const session = await Session.open(gpuJs, mode ?? (await bestMode()));
  return new GpuBackend(session, await session.probe());
}

/** The backend on real hardware; undefined where none answers, or where gpu.js does not run on it. */
export async function createHardwareBackend(): Promise<Backend | undefined> {
  const adapter = await findGpu();
  if (adapter === undefined || adapter.software) return undefined;
  return createGpuBackend({ mode: adapter.mode }).catch((error: unknown) => {
    if (error instanceof ClipError && error.code === 'GPU_UNAVAILABLE') return undefined;
    throw error;
  });
}

class GpuBackend implements Backend {
  readonly info: BackendInfo;
  readonly shapes = SHAPES;
  #session: Session;
  #weights: readonly HostWeights[] = [];
  #executables: readonly GpuExecutable[] = [];
  readonly #queue = new RunQueue();
  readonly #ended = new Interruption();
  #disposed = false;

  constructor(session: Session, executor: string) {
    this.#session = session;
    const { mode, adapter } = session;
    const named = adapter === undefined ? {} : { adapter };
    this.info = { name: 'gpu', precision: 'f32', threads: 1, mode, ...named, executor };
  }

  /** The weights on the host, and their copies on the device. */
  get memoryBytes(): number {
    const device = this.#executables.reduce((sum, { deviceBytes }) => sum + deviceBytes, 0);
    return this.#weights.reduce((sum, { bytes }) => sum + bytes, device);
  }

  bytesOf(weights: readonly Weight[]): number {
    return hostBytes(weights);
  }

  async load(weights: readonly Weight[], source: WeightReader): Promise<LoadedWeights> {
    this.#checkUsable();
    const loaded = await HostWeights.read(weights, source);
    this.#checkUsable();
    this.#weights = [...this.#weights, loaded];
    return {
      compile: (plan) => this.#compile(plan, loaded),
      release: () => this.#queue.add(() => this.#release(loaded)),
    };
  }

  #compile(plan: Plan, weights: HostWeights): Executable {
    const executable = new GpuExecutable(forwardPlan(plan, this.info), weights);
    this.#executables = [...this.#executables, executable];
    return { run: (inputs) => this.#queue.add(() => this.#run(executable, inputs)) };
  }

  async #release(weights: HostWeights): Promise<void> {
    const released = this.#executables.filter((executable) => executable.weights === weights);
    this.#executables = this.#executables.filter((executable) => !released.includes(executable));
    this.#weights = this.#weights.filter((other) => other !== weights);
    for (const executable of released) await executable.destroy();
  }

  dispose(): void {
    this.#disposed = true;
    this.#ended.end(disposedError());
    this.#session.dispose();
    this.#executables = [];
    for (const weights of this.#weights) weights.clear();
    this.#weights = [];
  }

  async #run(executable: GpuExecutable, inputs: RunInputs): Promise<RunOutputs> {
    this.#checkUsable();
    if (this.#session.isLost) await this.#reopen();
    return this.#ended.during(executable.run(this.#session, inputs));
  }

  async #reopen(): Promise<void> {
    const { gpuJs, mode } = this.#session;
    this.#session.dispose();
    this.#session = await Session.open(gpuJs, mode);
    if (this.#disposed) this.#session.dispose();
    this.#checkUsable();
  }

  #checkUsable(): void {
    if (this.#disposed) throw disposedError();
  }
}

const disposedError = () => new ClipError('DISPOSED', 'the model was disposed of');
