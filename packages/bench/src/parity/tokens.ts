import { BACKENDS, type Clip, loadClip } from '@clipql/core';
import { BenchError } from '../kit/errors.ts';
import type { JsonObject } from '../kit/input-file.ts';
import { readJsonObject } from '../kit/input-file.ts';
import { openaiTokenizer } from '../kit/models/openai-tokenizer.ts';
import { recipeModel } from '../kit/models/recipe-model.ts';
import type { ParityResult } from './row.ts';

export interface TokenCase {
  readonly text: string;
  readonly ids: readonly number[];
}

const GATE = 'all ids equal';

/**
 * Reads `cases` of a file, a list of `{ text, ids }`; the ids may be called `right`, too.
 *
 * @throws BenchError FILE_NOT_FOUND or CASE_INVALID.
 */
export async function readTokenCases(file: string): Promise<readonly TokenCase[]> {
  const { cases } = await readJsonObject(file);
  const list: readonly unknown[] = Array.isArray(cases) ? cases : [];
  const read = list.map((value) => {
    const { text, right, ids = right } = value as JsonObject;
    const isSound = typeof text === 'string' && Array.isArray(ids) && ids.every(Number.isInteger);
    return isSound ? { text, ids: ids as number[] } : undefined;
  });
  if (read.length === 0 || read.includes(undefined)) {
    throw new BenchError('CASE_INVALID', `${file}: cases: expected a list of { text, ids }`);
  }
  return read as TokenCase[];
}

/** Compares token ids; a text passes when all of its ids, and their number, are the same. */
export function compareTokens(
  name: string,
  tokenizer: Pick<Clip, 'tokenize'>,
  cases: readonly TokenCase[],
): ParityResult {
  const answers = cases.map(({ text, ids }) => ({
    text,
    expected: ids,
    actual: tokenizer.tokenize(text).ids,
  }));
  const unequal = answers.filter(({ expected, actual }) => String(expected) !== String(actual));
  const [first] = unequal;
  const detail =
    first === undefined
      ? `${cases.length} texts`
      : `${JSON.stringify(first.text)}: expected ${first.expected}, got ${first.actual}`;
  return tokenResult(name, { unequal: unequal.length, texts: cases.length }, detail);
}

/**
 * A model with OpenAI's tokenizer, to reach it through core. Its weights are as small as the
 * vocabulary of 49,408 allows.
 *
 * @throws BenchError PACKAGE_MISSING where the vocabulary's package is not installed.
 */
export async function loadOpenaiTokenizer(): Promise<Clip> {
  const tower = {
    hidden_size: 1,
    num_attention_heads: 1,
    intermediate_size: 1,
    num_hidden_layers: 1,
  };
  const config = {
    projection_dim: 1,
    vision_config: { ...tower, image_size: 1, patch_size: 1 },
    text_config: { ...tower, vocab_size: 49408, max_position_embeddings: 77 },
  };
  return loadClip(recipeModel('openai-tokens', config, await openaiTokenizer()), {
    backend: BACKENDS[0],
  });
}

/** A row for a tokenizer that could not be had. */
export const missingTokenizer = (name: string, texts: number, reason: string): ParityResult =>
  tokenResult(name, { unequal: texts, texts }, reason);

function tokenResult(
  name: string,
  { unequal, texts }: { unequal: number; texts: number },
  detail: string,
): ParityResult {
  return {
    row: {
      case: name,
      tower: 'tokens',
      backend: 'any',
      precision: 'exact',
      minCosine: 1 - unequal / texts,
      relL2: unequal / texts,
      maxAbsDiff: unequal,
      passed: unequal === 0,
    },
    gate: GATE,
    detail,
  };
}
