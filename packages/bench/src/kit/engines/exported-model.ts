import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Precision } from '@clipql/core';
import type { BenchModel } from '../models/bench-model.ts';
import { exportTower, onnxFile } from '../onnx/export.ts';
import type { Workload } from './workload.ts';

/** A folder with a model's towers as ONNX files, for peers. */
export interface ExportedModel {
  readonly folder: string;
  /** Removes the folder, unless it is to be kept. */
  remove(): Promise<void>;
}

export interface ExportOptions {
  readonly towers: readonly Workload['tower'][];
  readonly precisions: readonly Precision[];
  /** Folder to write into, whose files are kept and used again; a temporary one unless given. */
  readonly keepIn: string | undefined;
}

/** Exports what the folder does not have yet. ViT-B/32's four files take 860 MB. */
export async function exportModel(
  { name, files, config }: BenchModel,
  { towers, precisions, keepIn }: ExportOptions,
  progress: (line: string) => void,
): Promise<ExportedModel> {
  const root = keepIn ?? (await mkdtemp(join(tmpdir(), 'clipql-bench-')));
  const remove = async () => {
    if (keepIn === undefined) await rm(root, { recursive: true, force: true });
  };
  try {
    const folder = join(root, name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, model_type: 'clip' }));
    for (const precision of precisions) {
      for (const tower of towers) {
        if (existsSync(onnxFile(folder, tower, precision))) continue;
        progress(`exporting the ${tower} tower as ONNX ${precision}`);
        await exportTower(files, config, folder, { tower, precision });
      }
    }
    return { folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
