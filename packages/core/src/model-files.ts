import { ClipError } from './errors.ts';
import { type ByteSource, bytesInMemory } from './weights/byte-source.ts';

/** The files of a model, wherever they lie. */
export interface ModelFiles {
  /** What to call the model. */
  readonly name: string;
  /**
   * A whole file, by its name.
   *
   * @returns undefined where the model has no such file.
   */
  read(file: string): Promise<Uint8Array | undefined>;
  /** Told of what {@link ModelFiles.read} gave, once it is not needed any more. */
  discard?(bytes: Uint8Array): void;
  /** The model's weights; undefined where it has none. */
  openWeights(): Promise<ByteSource | undefined>;
}

export const CONFIG_FILE = 'config.json';
export const PREPROCESSOR_FILE = 'preprocessor_config.json';
/** What transformers 5 writes in place of {@link PREPROCESSOR_FILE}. */
const PROCESSOR_FILE = 'processor_config.json';
const TOKENIZER_FILE = 'tokenizer.json';
/** What older folders have in place of {@link TOKENIZER_FILE}. */
const VOCABULARY_FILES = ['vocab.json', 'merges.txt'] as const;
export const TOKENIZER_CONFIG_FILE = 'tokenizer_config.json';
export const WEIGHTS_FILE = 'model.safetensors';
/** What open_clip writes in place of {@link CONFIG_FILE} and {@link PREPROCESSOR_FILE}. */
export const OPEN_CLIP_CONFIG_FILE = 'open_clip_config.json';

/** Where the weights may be, as transformers, PyTorch and open_clip save them; the first that is there is read. */
export const WEIGHTS_FILES = [
  WEIGHTS_FILE,
  'pytorch_model.bin',
  'open_clip_model.safetensors',
  'open_clip_pytorch_model.bin',
] as const;

/** Whether a file is one of weights, by its ending. */
export const isWeightsFile = (name: string): boolean => /\.(?:safetensors|bin|pt)$/.test(name);

/**
 * The weights among a model's files: the first of {@link WEIGHTS_FILES} that is there, else the `*.pt`, as OpenAI
 * publishes its models.
 *
 * @throws ClipError MODEL_NOT_FOUND where there are several `*.pt`.
 */
export function weightsAmong(names: readonly string[]): string | undefined {
  const known = WEIGHTS_FILES.find((name) => names.includes(name));
  if (known !== undefined) return known;
  const [file, ...others] = names.filter((name) => name.endsWith('.pt')).sort();
  if (others.length === 0) return file;
  const found = [file, ...others].slice(0, 10).join(', ');
  throw new ClipError('MODEL_NOT_FOUND', `expected one *.pt, got ${found}: name the file`);
}

/** Files that go together. */
export type FileSet = readonly [string, ...string[]];

/** The files of a model that must be there, beside its weights: of each line one set, the first there is. */
export const REQUIRED_FILES: readonly [config: readonly FileSet[], ...(readonly FileSet[])[]] = [
  [[CONFIG_FILE], [OPEN_CLIP_CONFIG_FILE]],
  [[PREPROCESSOR_FILE], [PROCESSOR_FILE], [OPEN_CLIP_CONFIG_FILE]],
  [[TOKENIZER_FILE], VOCABULARY_FILES],
];

/** No tokenizer or config in use comes near this; a larger file is not read into memory. */
export const MAX_JSON_BYTES = 64 * 1024 * 1024;

/**
 * A model whose files are in memory, such as in a browser.
 *
 * @param name what to call the model.
 * @param files by file name: `config.json` with `preprocessor_config.json` or `processor_config.json`, or
 *   `open_clip_config.json`; `tokenizer.json`, or `vocab.json` with `merges.txt`, and, if there is one,
 *   `tokenizer_config.json`; and the weights,
 *   `model.safetensors`, `pytorch_model.bin`, `open_clip_model.safetensors`, `open_clip_pytorch_model.bin` or
 *   OpenAI's `*.pt`. Float32
 *   weights are used in place, without a copy: do not change the bytes.
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { loadClip, modelFromBytes } from '@clipql/core';
 *
 * const names = ['config.json', 'preprocessor_config.json', 'tokenizer.json', 'model.safetensors'];
 * const read = async (name: string) => [name, await readFile(`models/nano/${name}`)] as const;
 * const files = Object.fromEntries(await Promise.all(names.map(read)));
 * const clip = await loadClip(modelFromBytes('nano', files));
 * console.log(clip.info.parameters); // 2707585
 * clip.dispose();
 * ```
 */
export function modelFromBytes(
  name: string,
  files: Readonly<Record<string, Uint8Array>>,
): ModelFiles {
  const find = (file: string) => (Object.hasOwn(files, file) ? files[file] : undefined);
  return {
    name,
    read: async (file) => find(file),
    openWeights: async () => {
      const file = weightsAmong(Object.keys(files));
      return file === undefined ? undefined : bytesInMemory(find(file)!);
    },
  };
}

/** @throws ClipError MODEL_NOT_FOUND where the model has no such file. */
export async function requireFile(files: ModelFiles, file: string): Promise<Uint8Array> {
  const bytes = await files.read(file);
  if (bytes === undefined) throw missingFile(files, file);
  return bytes;
}

export function missingFile({ name }: ModelFiles, file: string): ClipError {
  const all = [CONFIG_FILE, WEIGHTS_FILE, TOKENIZER_FILE, PREPROCESSOR_FILE].join(', ');
  return new ClipError(
    'MODEL_NOT_FOUND',
    `model ${name}: expected the files ${all}, got no ${file}`,
  );
}
