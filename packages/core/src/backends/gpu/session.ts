import { ClipError } from '../../errors.ts';
import { Interruption } from '../../threads/interruption.ts';
import { RunQueue } from '../../threads/run-queue.ts';
import type { GpuMode } from '../backend.ts';
import { adapterName, rendererName } from './adapter.ts';
import type { Gpu, GpuJs, Handle, Input, Kernel, Pipeline } from './gpu-js.ts';
import { useWgsl, type WgslBody } from './wgsl-kernel.ts';

/** First runs of all sessions, one at a time: they share a device, whose error scopes are one stack. */
const firstRuns = new RunQueue();

/** How gpu.js must run a pipeline in each mode; anything else is a fall-back. */
const EXECUTORS: Readonly<Record<GpuMode, { kinds: readonly string[]; backend: string }>> = {
  webgpu: { kinds: ['fused-encoder'], backend: 'webgpu' },
  webgl2: { kinds: ['generic'], backend: 'gpu' },
  webasm: { kinds: ['fused-sync', 'fused-threaded'], backend: 'webasm' },
  cpu: { kinds: ['generic'], backend: 'cpu' },
};

type DeviceContext = Awaited<ReturnType<GpuJs['WebGPUContext']['acquire']>>;

/** A device, from when it is taken until it is lost or let go, with the kernels made for it. */
export class Session {
  readonly mode: GpuMode;
  readonly gpuJs: GpuJs;
  /** Whether the device is gone; whoever needs one opens another session. */
  isLost = false;
  readonly #gpu: Gpu;
  readonly #context: DeviceContext | undefined;
  readonly #kernels = new Map<string, Kernel>();
  readonly #wgsl = new Map<string, WgslBody>();
  readonly #lost = new Interruption();

  private constructor(gpuJs: GpuJs, mode: GpuMode, gpu: Gpu, context: DeviceContext | undefined) {
    this.gpuJs = gpuJs;
    this.mode = mode;
    this.#gpu = gpu;
    this.#context = context;
    if (mode === 'webgpu') useWgsl(gpu, gpuJs.WebGPUKernel, this.#wgsl);
    void this.#untilLost().then((reason) => {
      this.isLost = true;
      const why = reason === '' ? '' : ` (${reason})`;
      this.#lost.end(new ClipError('GPU_LOST', `the GPU was lost${why}; try again`));
    });
  }

  /** @throws ClipError GPU_UNAVAILABLE where gpu.js does not run in this mode. */
  static async open(gpuJs: GpuJs, mode: GpuMode): Promise<Session> {
    try {
      const context = mode === 'webgpu' ? await gpuJs.WebGPUContext.acquire() : undefined;
      return new Session(gpuJs, mode, new gpuJs.GPU({ mode }), context);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ClipError('GPU_UNAVAILABLE', `gpu.js does not run in mode ${mode}: ${reason}`, {
        cause,
      });
    }
  }

  /** As its driver names it; undefined where no adapter is used. */
  get adapter(): string | undefined {
    if (this.#context !== undefined) return adapterName(this.#context.adapter.info);
    return this.mode === 'webgl2' ? rendererName(this.#gpu.context!) : undefined;
  }

  /** The kernel with this source and output size, made once; on WebGPU it runs `wgsl`, where given. */
  kernel(source: string, output: readonly number[], wgsl?: WgslBody): Kernel {
    const key = `${output} ${source}`;
    const known = this.#kernels.get(key);
    if (known !== undefined) return known;
    if (wgsl !== undefined) this.#wgsl.set(source, wgsl);
    const kernel = this.#gpu.createKernel(source, { output, precision: 'single' });
    this.#kernels.set(key, kernel);
    return kernel;
  }

  /** What a pipeline's function has to capture for these values to stay on the device. */
  resident(input: Input | Float32Array, size: readonly number[]): Handle | Input | Float32Array {
    if (this.mode !== 'webgl2') return input;
    // WebGL uploads captured arrays at every call, but not the textures that kernels fill.
    const index = size.length === 1 ? '[this.thread.x]' : '[this.thread.y][this.thread.x]';
    const upload = this.#gpu.createKernel(`function upload(v) { return v${index}; }`, {
      output: size,
      precision: 'single',
      pipeline: true,
    });
    return upload(input);
  }

  /** @param inputs how many arguments the pipeline takes. */
  pipeline(inputs: number, steps: (...inputs: readonly Handle[]) => readonly Handle[]): Pipeline {
    // gpu.js goes by the number of declared parameters.
    return this.#gpu.createPipeline(Object.defineProperty(steps, 'length', { value: inputs }));
  }

  /**
   * The first run of a pipeline, which compiles it and uploads what it captured.
   *
   * @throws ClipError GPU_LOST; OUT_OF_MEMORY; GPU_UNAVAILABLE where the device refused something, or
   *   where gpu.js ran it in another way than on this device in one submission.
   */
  async firstRun(pipeline: Pipeline, inputs: readonly Input[]): ReturnType<Pipeline> {
    return firstRuns.add(async () => {
      const device = this.#context?.device;
      device?.pushErrorScope('validation');
      device?.pushErrorScope('out-of-memory');
      const [run] = await Promise.allSettled([this.run(pipeline, inputs)]);
      const [memory, validation] = await Promise.all([
        device?.popErrorScope().catch(() => null),
        device?.popErrorScope().catch(() => null),
      ]);
      if (memory) {
        throw new ClipError(
          'OUT_OF_MEMORY',
          `the GPU has no room for the model: ${memory.message}`,
        );
      }
      if (validation) {
        throw new ClipError('GPU_UNAVAILABLE', `the GPU refused the model: ${validation.message}`);
      }
      if (run.status === 'rejected') throw run.reason;
      this.#checkExecutor(pipeline);
      return run.value;
    });
  }

  /** @throws ClipError GPU_LOST when the device is lost before the end. */
  async run(pipeline: Pipeline, inputs: readonly Input[]): ReturnType<Pipeline> {
    try {
      return await this.#lost.during(pipeline(...inputs));
    } catch (error) {
      if (error instanceof ClipError) throw error;
      // A read that fails is often the first to tell; the device says so in its next turn.
      await this.#lost.during(new Promise((resolve) => setTimeout(resolve)));
      throw error;
    }
  }

  /**
   * Runs a pipeline of one kernel.
   *
   * @returns how gpu.js runs pipelines here.
   * @throws ClipError GPU_UNAVAILABLE where that is a fall-back, or gives something wrong.
   */
  async probe(): Promise<string> {
    const source = 'function probe(x) { return x[this.thread.y][this.thread.x] + 1; }';
    const pipeline = this.pipeline(1, (x) => [this.kernel(source, [2, 1])(x!)]);
    const input = new this.gpuJs.Input(Float32Array.of(1, 2), [2, 1]);
    const [result] = await this.firstRun(pipeline, [input]);
    const values = [...result![0]!];
    if (values.join() !== '2,3') {
      throw new ClipError('GPU_UNAVAILABLE', `the GPU added 1 to 1 and 2, and gave ${values}`);
    }
    const { executorKind } = pipeline;
    await pipeline.destroy();
    return executorKind;
  }

  dispose(): void {
    void this.#gpu.destroy().catch(() => {});
  }

  #checkExecutor({ executorKind, backend, fallbackReason }: Pipeline): void {
    const expected = EXECUTORS[this.mode];
    if (expected.kinds.includes(executorKind) && backend === expected.backend) return;
    throw new ClipError(
      'GPU_UNAVAILABLE',
      `expected gpu.js to run ${expected.kinds.join(' or ')} on ${expected.backend}, ` +
        `got ${executorKind} on ${backend} (${fallbackReason ?? 'no reason given'})`,
    );
  }

  /** @returns why, when it happens; never settles where nothing can be lost. */
  async #untilLost(): Promise<string> {
    if (this.#context !== undefined) return (await this.#context.device.lost).message;
    return new Promise((resolve) => {
      if (this.mode !== 'webgl2') return;
      this.#gpu.canvas?.addEventListener('webglcontextlost', () => resolve('WebGL context lost'));
    });
  }
}
