import { basename, join } from 'node:path';
import { BenchError } from '../kit/errors.ts';
import { REFERENCE } from '../kit/folders.ts';
import { type JsonObject, readJsonObject, shown } from '../kit/input-file.ts';
import { weightsFolder } from '../kit/models/reference-case.ts';

/** What is known of the gradient of cosine(embedding, target) by one image's pixels. */
export interface KnownGradient {
  readonly cosine: number;
  readonly norm: number;
  /** Dot products with the recipe's numbers of the names `gradient-projection.k`. */
  readonly projections: readonly number[];
  /** All of it, [3·S·S]; or its first values, and those at the recipe's positions. */
  readonly values:
    | { readonly whole: readonly number[] }
    | { readonly first: readonly number[]; readonly atPositions: readonly number[] };
}

/** A model with the gradients of its first images. */
export interface GradientCase {
  readonly model: string;
  readonly config: JsonObject;
  /** The model's folder; undefined where the recipe makes the weights. */
  readonly weights: string | undefined;
  /** Of the pixels and the target. */
  readonly seed: number;
  readonly images: readonly KnownGradient[];
}

/** The files in the reference folder. */
export const REFERENCE_GRADIENTS: readonly string[] = [
  'gradients-tiny-quick-gelu.json',
  'gradients.json',
].map((file) => join(REFERENCE, file));

/**
 * Reads a file of gradients: `cases`, by the model's name, each with `config`, `images` and perhaps `seed`; or one such
 * case, which is named by the file unless it has the name as `case`.
 *
 * @throws BenchError FILE_NOT_FOUND, or CASE_INVALID naming the field, what was expected and what came.
 */
export async function readGradientCases(file: string): Promise<readonly GradientCase[]> {
  const fail = (problem: string) => new BenchError('CASE_INVALID', `${file}: ${problem}`);
  const json = await readJsonObject(file);
  if (json.cases === undefined) {
    const { case: name } = json;
    return [gradientCase(json, typeof name === 'string' ? name : basename(file, '.json'), fail)];
  }
  const cases = objectIn(json, 'cases', fail);
  const models = Object.keys(cases);
  if (models.length === 0) throw fail('cases: expected a model, got none');
  return models.map((model) =>
    gradientCase(objectIn(cases, model, fail), model, (problem) =>
      fail(`cases.${model}.${problem}`),
    ),
  );
}

type Fail = (problem: string) => BenchError;

function gradientCase(json: JsonObject, model: string, fail: Fail): GradientCase {
  const { seed = 0, images } = json;
  const config = objectIn(json, 'config', fail);
  if (!Number.isSafeInteger(seed)) throw fail(`seed: expected a whole number, got ${shown(seed)}`);
  if (!Array.isArray(images) || images.length === 0)
    throw fail(`images: expected a list, got ${shown(images)}`);
  return {
    model,
    config,
    weights: weightsFolder(json, config),
    seed: seed as number,
    images: images.map((_, i) => knownGradient(objectIn(images, i, fail), i, fail)),
  };
}

function knownGradient(json: JsonObject, image: number, fail: Fail): KnownGradient {
  const failHere: Fail = (problem) => fail(`images.${image}.${problem}`);
  const number = (field: string): number => {
    const value = json[field];
    if (typeof value !== 'number')
      throw failHere(`${field}: expected a number, got ${shown(value)}`);
    return value;
  };
  const numbers = (field: string): readonly number[] => {
    const value = json[field];
    if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'number')) {
      return value;
    }
    throw failHere(`${field}: expected a list of numbers, got ${shown(value)}`);
  };
  return {
    cosine: number('cosine'),
    norm: number('norm'),
    projections: numbers('projections'),
    values:
      json.gradient === undefined
        ? { first: numbers('first64'), atPositions: numbers('at_positions') }
        : { whole: numbers('gradient') },
  };
}

function objectIn(from: object, key: string | number, fail: Fail): JsonObject {
  const value: unknown = (from as Record<string | number, unknown>)[key];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw fail(`${key}: expected an object, got ${shown(value)}`);
}
