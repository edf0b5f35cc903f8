import type { InferenceSession, Tensor } from 'onnxruntime-web';
import type { JsonObject } from '../input-file.ts';
import { benchModel } from '../models/bench-model.ts';
import { onnxFile } from '../onnx/export.ts';
import type { Engine, EngineSpec } from './engine.ts';
import { packageVersion } from './package-version.ts';
import { idTensor, pixelTensor } from './tensors.ts';
import type { Workload } from './workload.ts';

/** What onnxruntime-node and onnxruntime-web have in common. */
interface OnnxRuntime {
  readonly InferenceSession: {
    create(file: string, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: typeof Tensor;
}

const OUTPUT = { image: 'image_embeds', text: 'text_embeds' } as const;

/** Native onnxruntime on its CPU provider: AVX-512, VNNI and AMX where the machine has them. */
export async function loadOnnxruntimeNode(spec: EngineSpec): Promise<Engine> {
  const runtime = (await import('onnxruntime-node')) as unknown as OnnxRuntime;
  return loadSessions(runtime, spec, {
    backend: 'cpu',
    version: packageVersion('onnxruntime-node'),
  });
}

/** onnxruntime compiled to WebAssembly, with SIMD and threads. */
export async function loadOnnxruntimeWeb(spec: EngineSpec): Promise<Engine> {
  const runtime = await import('onnxruntime-web');
  runtime.env.wasm.numThreads = spec.threads;
  return loadSessions(runtime as unknown as OnnxRuntime, spec, {
    backend: 'wasm',
    version: packageVersion('onnxruntime-web'),
  });
}

async function loadSessions(
  runtime: OnnxRuntime,
  { model, exported, precision, threads, towers }: EngineSpec,
  about: { backend: string; version: string },
): Promise<Engine> {
  const { config } = await benchModel(model);
  const sessions = new Map<Workload['tower'], InferenceSession>();
  for (const tower of towers) {
    const file = onnxFile(exported, tower, precision);
    // As its documentation recommends for one caller: all optimizations, one operator at a time.
    const session = await runtime.InferenceSession.create(file, {
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
    });
    sessions.set(tower, session);
  }
  return {
    info: { ...about, threads },
    prepare: async (workload) => {
      const feeds = feedsOf(runtime.Tensor, workload, config);
      const session = sessions.get(workload.tower)!;
      return async () => {
        const outputs = await session.run(feeds);
        return outputs[OUTPUT[workload.tower]]!.data as Float32Array;
      };
    },
  };
}

function feedsOf(
  TensorClass: typeof Tensor,
  workload: Workload,
  config: JsonObject,
): Record<string, Tensor> {
  if (workload.tower === 'image') {
    const { values, shape } = pixelTensor(workload, config);
    return { pixel_values: new TensorClass('float32', values, shape) };
  }
  const { values, shape } = idTensor(workload);
  return { input_ids: new TensorClass('int64', values, shape) };
}
