import { type ImageInput, loadClip, type TextInput } from '@clipql/core';
import { benchModel } from '../models/bench-model.ts';
import { recipePixels } from '../models/recipe.ts';
import type { Engine, EngineSpec } from './engine.ts';
import { packageVersion } from './package-version.ts';

/** ClipQL, on its fastest backend of the CPU, or on the GPU. */
export async function loadClipql({
  engine,
  model,
  precision,
  threads,
}: EngineSpec): Promise<Engine> {
  const { files } = await benchModel(model);
  const where = engine === 'clipql-gpu' ? ({ backend: 'gpu' } as const) : { threads };
  const clip = await loadClip(files, { precision, ...where });
  const { backend, imageSize: size } = clip.info;
  const joined = (rows: readonly Float32Array[]) => {
    const all = new Float32Array(rows.length * clip.info.embeddingWidth);
    for (const [i, row] of rows.entries()) all.set(row, i * row.length);
    return all;
  };
  return {
    info: {
      backend: [backend.name, backend.simd ?? `${backend.mode} on ${backend.adapter}`].join(' '),
      version: packageVersion('@clipql/core'),
      threads: backend.threads,
    },
    prepare: async (workload) => {
      if (workload.tower === 'image') {
        const images: ImageInput[] = recipePixels(workload.batch, size, 0).map((data) => ({
          size,
          data,
        }));
        return async () => joined(await clip.encodeImages(images, { normalize: false }));
      }
      const texts: TextInput[] = workload.ids.map((ids) => ({ ids, truncated: false }));
      return async () => joined(await clip.encodeTexts(texts, { normalize: false }));
    },
    tokenize: (text) => clip.tokenize(text).ids,
  };
}
