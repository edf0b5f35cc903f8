import { ApiError } from '../errors/api-error.ts';
import type { Limits } from '../limits/limits.ts';
import { checkLabels } from '../limits/texts.ts';
import { textLines } from './text-lines.ts';

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
    throw new ApiError(
      'BAD_OPTION',
      'expected --labels, --labels-file or --classifier, got none of them',
    );
  }
  return [
    ...splitLists(labels),
    ...(labelsFile === undefined
      ? []
      : textLines(labelsFile, '--labels-file').map((line) => line.trim())),
  ];
}

/**
 * Checks what a server would refuse in a request: for a command these are bad flags.
 *
 * @throws ApiError BAD_OPTION for labels or templates that cannot be used.
 */
export function checkLabelFlags(
  labels: readonly string[],
  templates: readonly string[],
  limits: Limits,
): void {
  try {
    checkLabels(labels, templates, limits);
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    throw new ApiError('BAD_OPTION', cause.message, { cause });
  }
}

/** An empty list has no label; an empty place within one is an empty label, and an error. */
function splitLists(lists: readonly string[]): string[] {
  return lists
    .filter((list) => list.trim() !== '')
    .flatMap((list) => list.split(',').map((label) => label.trim()));
}
