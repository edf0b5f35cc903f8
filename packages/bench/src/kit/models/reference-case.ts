import { basename, join, resolve } from 'node:path';
import type { ModelFiles } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import { BenchError } from '../errors.ts';
import { REFERENCE, REPOSITORY } from '../folders.ts';
import { type JsonObject, readJsonObject, shown } from '../input-file.ts';
import { projectionOf } from './clip-sizes.ts';
import { hasLiteTrunk, isOpenAi, isOpenClip, openAiSizes } from './openai-sizes.ts';
import { recipeModel } from './recipe-model.ts';

export const REFERENCE_CASES = [
  'tiny-quick-gelu',
  'tiny-gelu',
  'tiny-head-80',
  'siglip-tiny',
  'open-clip-tiny',
  'open-clip-tiny-quick-gelu',
  'open-clip-siglip-tiny',
  'open-clip-siglip2-tiny',
  'tiny-rn',
  'odd-sizes',
  'odd-end-token',
  'nano',
  'lite',
  'vit-b-32',
  'open-clip-b-32-256',
  'siglip2-b-32-256',
] as const;

/** Whose weights cases with its trunk have. */
const LITE = 'models/lite';

/** Where a reference case lies. */
export const referenceCase = (name: (typeof REFERENCE_CASES)[number]): string =>
  join(REFERENCE, `${name}.json`);

export type Matrix = readonly (readonly number[])[];

/** A forward pass with known outcome. B images, T texts, E the length of an embedding. */
export interface ForwardCase {
  readonly name: string;
  /** As the family's own files have it; see {@link recipeModel}. */
  readonly config: JsonObject;
  /** The model's folder; undefined where the recipe makes the weights. */
  readonly weights: string | undefined;
  /** Of the recipe's pixels. */
  readonly seed: number;
  readonly images: { readonly embeddings: Matrix } | undefined;
  readonly texts: { readonly ids: Matrix; readonly embeddings: Matrix } | undefined;
  /** [B, T] */
  readonly logits: Matrix | undefined;
}

/**
 * Reads a case file. `config` must be there, and `image_embeds` [B, E] or `input_ids` with
 * `text_embeds` [T, E], or all three; `logits_per_image` [B, T] may. `weights`, or in its absence
 * a `note` that begins `weights: models/NAME;`, names the model's folder, from the repository's
 * root, and EfficientNet-Lite is that of `models/lite`; else the recipe makes the weights. `seed` is 0 unless given.
 *
 * @throws BenchError FILE_NOT_FOUND, or CASE_INVALID naming the field, what was expected and what
 *   came.
 */
export async function readCase(file: string): Promise<ForwardCase> {
  const json = await readJsonObject(file);
  const fail = (problem: string) => new BenchError('CASE_INVALID', `${file}: ${problem}`);
  const { case: name, config, seed = 0 } = json;
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw fail(`config: expected an object, got ${shown(config)}`);
  }
  if (!Number.isSafeInteger(seed)) throw fail(`seed: expected a whole number, got ${shown(seed)}`);

  const embedding = { columns: embeddingWidthOf(config as JsonObject) };
  const imageEmbeds = matrix(json, 'image_embeds', embedding, fail);
  const ids = matrix(json, 'input_ids', {}, fail);
  const textEmbeds = matrix(json, 'text_embeds', { rows: ids?.length ?? 0, ...embedding }, fail);
  if (ids !== undefined && textEmbeds === undefined) {
    throw fail('text_embeds: expected those of input_ids, got none');
  }
  if (imageEmbeds === undefined && textEmbeds === undefined) {
    throw fail('expected image_embeds, or input_ids and text_embeds, got neither');
  }
  const shape = { rows: imageEmbeds?.length ?? 0, columns: ids?.length ?? 0 };
  return {
    name: typeof name === 'string' ? name : basename(file, '.json'),
    config: config as JsonObject,
    weights: weightsFolder(json, config as JsonObject),
    seed: seed as number,
    images: imageEmbeds && { embeddings: imageEmbeds },
    texts: ids && textEmbeds && { ids, embeddings: textEmbeds },
    logits: matrix(json, 'logits_per_image', shape, fail),
  };
}

const embeddingWidthOf = (config: JsonObject): number =>
  isOpenClip(config) || isOpenAi(config)
    ? openAiSizes(config).embeddingWidth
    : projectionOf(config);

/** The model of a case: its folder, or the recipe's. */
export async function modelOfCase({
  name,
  config,
  weights,
}: Pick<ForwardCase, 'name' | 'config' | 'weights'>): Promise<ModelFiles> {
  return weights === undefined ? recipeModel(name, config) : modelFromFolder(weights);
}

/** The model's folder that a case names; undefined where the recipe makes the weights. */
export function weightsFolder(
  { weights, note }: JsonObject,
  config: JsonObject,
): string | undefined {
  const noted =
    typeof note === 'string' ? /^weights: (models\/[\w.-]+)(;|$)/.exec(note)?.[1] : undefined;
  const trained = hasLiteTrunk(config) ? LITE : noted;
  const folder = typeof weights === 'string' ? weights : trained;
  return folder === undefined ? undefined : resolve(REPOSITORY, folder);
}

type Fail = (problem: string) => BenchError;

/** A matrix of numbers; rows may differ in length where no number of columns is given. */
function matrix(
  json: JsonObject,
  field: string,
  shape: { rows?: number; columns?: number },
  fail: Fail,
): Matrix | undefined {
  const value = json[field];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.length === 0) {
    throw fail(`${field}: expected a list of rows, got ${shown(value)}`);
  }
  const { rows = value.length } = shape;
  if (value.length !== rows) throw fail(`${field}: expected ${rows} rows, got ${value.length}`);
  value.forEach((row: unknown, i) => {
    if (!Array.isArray(row)) {
      throw fail(`${field}[${i}]: expected a list of numbers, got ${shown(row)}`);
    }
    const { columns = row.length } = shape;
    if (row.length !== columns) {
      throw fail(`${field}[${i}]: expected ${columns} numbers, got ${row.length}`);
    }
    const wrong = row.findIndex((number) => typeof number !== 'number');
    if (wrong === -1) return;
    throw fail(`${field}[${i}][${wrong}]: expected a number, got ${shown(row[wrong])}`);
  });
  return value as Matrix;
}
