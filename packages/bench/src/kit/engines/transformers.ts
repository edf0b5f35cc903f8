import { basename, dirname } from 'node:path';
import { benchModel } from '../models/bench-model.ts';
import type { Engine, EngineSpec } from './engine.ts';
import { packageVersion } from './package-version.ts';
import { idTensor, pixelTensor } from './tensors.ts';
import type { Workload } from './workload.ts';

/** A model of transformers: takes tensors by name, gives tensors by name. */
type Model = (inputs: object) => Promise<Record<string, { readonly data: Float32Array }>>;

const DTYPE = { f32: 'fp32', int8: 'q8' } as const;

/** transformers.js, which in Node runs the same graphs on onnxruntime-node. */
export async function loadTransformers(spec: EngineSpec): Promise<Engine> {
  const transformers = await import('@huggingface/transformers');
  const { CLIPTextModelWithProjection, CLIPVisionModelWithProjection, env, Tensor } = transformers;
  const { config } = await benchModel(spec.model);
  env.allowRemoteModels = false;
  env.localModelPath = dirname(spec.exported);
  const load = async (tower: Workload['tower']): Promise<Model> => {
    const type = tower === 'image' ? CLIPVisionModelWithProjection : CLIPTextModelWithProjection;
    const model = await type.from_pretrained(basename(spec.exported), {
      dtype: DTYPE[spec.precision],
      device: 'cpu',
      local_files_only: true,
      session_options: { intraOpNumThreads: spec.threads, interOpNumThreads: 1 },
    });
    return model as unknown as Model;
  };
  const models = new Map<Workload['tower'], Model>();
  for (const tower of spec.towers) models.set(tower, await load(tower));
  return {
    info: {
      backend: 'onnxruntime-node',
      version: packageVersion('@huggingface/transformers'),
      threads: spec.threads,
    },
    prepare: async (workload) => {
      const model = models.get(workload.tower)!;
      if (workload.tower === 'image') {
        const { values, shape } = pixelTensor(workload, config);
        const inputs = { pixel_values: new Tensor('float32', values, [...shape]) };
        return async () => (await model(inputs)).image_embeds!.data;
      }
      const { values, shape } = idTensor(workload);
      const inputs = { input_ids: new Tensor('int64', values, [...shape]) };
      return async () => (await model(inputs)).text_embeds!.data;
    },
  };
}
