import { join } from 'node:path';
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
  /** Whether the token ids of both vocabularies are compared. */
  readonly tokens: boolean;
}

/** Everything in the reference folder, on these engines. */
export const wholeReference = (engines: ParityRequest['engines']): ParityRequest => ({
  engines,
  cases: REFERENCE_CASES.map(referenceCase),
  preprocess: join(REFERENCE, 'preprocess'),
  tokens: true,
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
  if (request.tokens) {
    progress('token ids');
    results.push(await openaiTokens(), await nanoTokens());
  }
  for (const { file, forwardCase } of cases) {
    for (const engine of engines) {
      progress(`${forwardCase.name} on ${engine.backend} ${engine.precision}`);
      results.push(...(await forwardResults(file, forwardCase, engine)));
    }
  }
  return results;
}

/** OpenAI's vocabulary. A package that is not there is a failure, not a skip. */
export async function openaiTokens(): Promise<ParityResult> {
  const name = 'tokens/cases';
  const cases = await readTokenCases(join(REFERENCE, `${name}.json`));
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
export async function nanoTokens(): Promise<ParityResult> {
  const name = 'nano-tokens';
  const cases = await readTokenCases(join(REFERENCE, `${name}.json`));
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
