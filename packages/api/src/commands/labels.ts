import { readFileSync } from 'node:fs';
import { ApiError } from '../errors/api-error.ts';

export interface LabelFlags {
  readonly labels?: readonly string[];
  readonly labelsFile?: string;
}

/**
 * The labels of `--labels`, then those of `--labels-file`.
 *
 * @throws ApiError BAD_OPTION where neither is given, or the file cannot be read.
 */
export function labelsOf({ labels = [], labelsFile }: LabelFlags): readonly string[] {
  if (labels.length === 0 && labelsFile === undefined) {
    throw new ApiError('BAD_OPTION', 'expected --labels or --labels-file, got neither');
  }
  return [...splitLists(labels), ...(labelsFile === undefined ? [] : linesOf(labelsFile))];
}

/** An empty list has no label; an empty place within one is an empty label, and an error. */
function splitLists(lists: readonly string[]): string[] {
  return lists
    .filter((list) => list.trim() !== '')
    .flatMap((list) => list.split(',').map((label) => label.trim()));
}

/** One label a line, commas and all; empty lines are none. */
function linesOf(path: string): string[] {
  let text: string;
  try {
    // Standard input, by the name that commands give it.
    const bytes = readFileSync(path === '-' ? 0 : path);
    // Drops the mark that editors of Windows put first.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const got = { ENOENT: 'no such file', ERR_ENCODING_INVALID_ENCODED_DATA: 'other bytes' }[code];
    throw new ApiError(
      'BAD_OPTION',
      `expected --labels-file as a text file in UTF-8, got ${got ?? `one that cannot be read (${code})`}: ${path}`,
      { cause: error },
    );
  }
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
