import { type ImageInput, loadClip, type TextInput } from '@clipql/core';
import { packageVersion } from '../../package-version.ts';
import { recipePixels } from '../../recipe.ts';
import { benchModel } from '../bench-model.ts';
import type { Engine, EngineSpec } from '../engine.ts';

/** ClipQL, on its fastest backend. */
export async function loadClipql({ model, precision, threads }: EngineSpec): Promise<Engine> {
  const { files } = await benchModel(model);
  const clip = await loadClip(files, { backend: 'wasm', precision, threads });
  const { backend, imageSize: size } = clip.info;
  const joined = (rows: readonly Float32Array[]) => {
    const all = new Float32Array(rows.length * clip.info.embeddingWidth);
    for (const [i, row] of rows.entries()) all.set(row, i * row.length);
    return all;
  };
  return {
    info: {
      backend: `${backend.name} ${backend.simd}`,
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
