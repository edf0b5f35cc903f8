import { type ModelFiles, modelFromBytes, modelFromHub, type OnProgress } from '@clipql/core';
import { MODEL_URLS } from './model-urls.ts';

/** What the page's form says of the model. */
export interface Choice {
  /** Its id on the hub, or nothing. */
  readonly id: string;
  /** A model's files, or none. */
  readonly files: readonly File[];
  /** Of another hub than Hugging Face's. */
  readonly endpoint: string | undefined;
}

export const bytesAt = async (url: string) =>
  new Uint8Array(await (await fetch(url)).arrayBuffer());

/** The model of the files, or of the id; the one that comes with the page where there is neither. */
export async function chooseModel(
  { id, files, endpoint }: Choice,
  onProgress: OnProgress,
): Promise<ModelFiles> {
  if (files.length > 0) {
    const bytes = files
      .filter(isOfModel)
      .map(async (file) => [file.name, new Uint8Array(await file.arrayBuffer())]);
    return modelFromBytes(folderOf(files), Object.fromEntries(await Promise.all(bytes)));
  }
  if (id !== '') return modelFromHub(id, { endpoint, onProgress });
  const own = Object.entries(MODEL_URLS).map(async ([file, url]) => [file, await bytesAt(url)]);
  return modelFromBytes('nano', Object.fromEntries(await Promise.all(own)));
}

/** Whether it may be a model's: those of folders within its folder are not. */
const isOfModel = ({ name, webkitRelativePath: path }: File): boolean =>
  path.split('/').length <= 2 && /\.(json|txt|safetensors|bin|pt)$/.test(name);

const folderOf = ([first]: readonly File[]): string =>
  first?.webkitRelativePath.split('/')[0] || 'files';
