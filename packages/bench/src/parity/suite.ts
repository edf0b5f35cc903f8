import { basename, join } from 'node:path';
import { ClipError, loadClip } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import type { ClipqlEngine } from '../kit/clipql-engines.ts';
import { BenchError } from '../kit/errors.ts';
import { REFERENCE, REPOSITORY } from '../kit/folders.ts';
import {
  type ForwardCase,
  modelOfCase,
  REFERENCE_CASES,
  readCase,
  referenceCase,
} from '../kit/models/reference-case.ts';
import { loadFolderTokenizer, tokenizerBeside } from './folder-tokenizer.ts';
import { compareForward } from './forward.ts';
import { comparePixels } from './pixels.ts';
import { readPreprocessFolder } from './preprocess-folder.ts';
import type { ParityResult } from './row.ts';
import { compareTokens, loadOpenaiTokenizer, missingTokenizer, readTokenCases } from './tokens.ts';

/** What to compare. */
export interface ParityRequest {
  /** A function where they have to be looked for, which is done once all inputs are read. */
  readonly engines: readonly ClipqlEngine[] | (() => Promise<readonly ClipqlEngine[]>);
  /** Case files. */
  readonly cases: readonly string[];
  /** Folder with `in/` and `expected/`; undefined for none. */
  readonly preprocess: string | undefined;
  /** Files of texts and their token ids. */
  readonly tokens: readonly string[];
  /**
   * Folder with their tokenizer and its model's config. Default: a file's own folder where that has one, else OpenAI's
   * or nano's.
   */
  readonly tokenizer?: string | undefined;
}

const OPENAI_TOKENS = join(REFERENCE, 'tokens', 'cases.json');
const NANO_TOKENS = join(REFERENCE, 'nano-tokens.json');

/** Everything in the reference folder, on these engines. */
export const wholeReference = (engines: ParityRequest['engines']): ParityRequest => ({
  engines,
  cases: REFERENCE_CASES.map(referenceCase),
  preprocess: join(REFERENCE, 'preprocess'),
  tokens: [OPENAI_TOKENS, NANO_TOKENS],
});

/**
 * Runs the comparisons, all inputs read and checked before the first.
 *
 * @param progress told what happens, a line at a time.
 * @throws BenchError for a malformed file, ClipError for a case that core refuses.
 */
export async function runParity(
  request: ParityRequest,
  progress: (line: string) => void,
): Promise<ParityResult[]> {
  const cases: { file: string; forwardCase: ForwardCase }[] = [];
  for (const file of request.cases) cases.push({ file, forwardCase: await readCase(file) });
  const folder =
    request.preprocess === undefined ? undefined : await readPreprocessFolder(request.preprocess);
  for (const input of folder?.unused ?? []) progress(`in/${input}: nothing is expected of it`);
  const engines = typeof request.engines === 'function' ? await request.engines() : request.engines;

  const results: ParityResult[] = [];
  if (folder !== undefined) progress(`${folder.cases.length} resized images`);
  for (const pixelCase of folder?.cases ?? []) results.push(await comparePixels(pixelCase));
  for (const file of request.tokens) {
    progress(`token ids of ${file}`);
    results.push(await tokensOf(file, request.tokenizer ?? tokenizerBeside(file)));
  }
  for (const { file, forwardCase } of cases) {
    for (const engine of engines) {
      progress(`${forwardCase.name} on ${engine.backend} ${engine.precision}`);
      results.push(...(await forwardResults(file, forwardCase, engine)));
    }
  }
  return results;
}

/** The end token of nano's vocabulary; OpenAI's has another. */
const NANO_END = 8191;

/** The cases of a file; without a tokenizer with OpenAI's or nano's, whichever the texts' last ids belong to. */
async function tokensOf(file: string, tokenizer: string | undefined): Promise<ParityResult> {
  const cases = await readTokenCases(file);
  if (tokenizer !== undefined) {
    const clip = await loadFolderTokenizer(tokenizer);
    const result = compareTokens(`tokens/${basename(file, '.json')}`, clip, cases);
    clip.dispose();
    return result;
  }
  const isNano = cases.every(({ ids }) => ids.at(-1) === NANO_END);
  return isNano ? nanoTokens(file) : openaiTokens(file);
}

/** OpenAI's vocabulary. A package that is not there is a failure, not a skip. */
export async function openaiTokens(file = OPENAI_TOKENS): Promise<ParityResult> {
  const name = `tokens/${basename(file, '.json')}`;
  const cases = await readTokenCases(file);
  try {
    const clip = await loadOpenaiTokenizer();
    const result = compareTokens(name, clip, cases);
    clip.dispose();
    return result;
  } catch (error) {
    if (!(error instanceof BenchError) || error.code !== 'PACKAGE_MISSING') throw error;
    return missingTokenizer(name, cases.length, `${error.code}: ${error.message}`);
  }
}

/** The vocabulary of the model in the repository. */
export async function nanoTokens(file = NANO_TOKENS): Promise<ParityResult> {
  const name = basename(file, '.json');
  const cases = await readTokenCases(file);
  const clip = await loadClip(await modelFromFolder(join(REPOSITORY, 'models', 'nano')));
  const result = compareTokens(name, clip, cases);
  clip.dispose();
  return result;
}

async function forwardResults(file: string, forwardCase: ForwardCase, engine: ClipqlEngine) {
  try {
    return await compareForward(forwardCase, await modelOfCase(forwardCase), engine);
  } catch (error) {
    if (!(error instanceof ClipError)) throw error;
    throw new ClipError(error.code, `${file}: ${error.message}`, { cause: error });
  }
}
