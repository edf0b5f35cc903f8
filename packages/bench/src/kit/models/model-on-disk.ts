import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchModel, benchModel } from './bench-model.ts';

const CHUNK_BYTES = 1 << 23;
const SMALL_FILES = ['config.json', 'preprocessor_config.json', 'tokenizer.json'];

/** A model in a folder on the disk; one made by the recipe is written out, 605 MB for ViT-B/32. */
export async function modelOnDisk(
  name: string,
): Promise<{ folder: string; remove: () => Promise<void> }> {
  const model = await benchModel(name);
  if (model.folder !== undefined) return { folder: model.folder, remove: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'clipql-model-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await writeModel(model, folder);
    return { folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function writeModel({ files }: BenchModel, folder: string): Promise<void> {
  for (const file of SMALL_FILES) await writeFile(join(folder, file), (await files.read(file))!);
  const source = (await files.openWeights())!;
  const target = await open(join(folder, 'model.safetensors'), 'w');
  try {
    const chunk = new Uint8Array(CHUNK_BYTES);
    for (let offset = 0; offset < source.size; offset += CHUNK_BYTES) {
      const part = chunk.subarray(0, Math.min(CHUNK_BYTES, source.size - offset));
      await source.read(offset, part);
      await target.writeFile(part);
    }
  } finally {
    await target.close();
    await source.close();
  }
}
