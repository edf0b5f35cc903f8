import { compareValues } from '../../answers/evaluate/column-value.ts';
import type { PublicError } from '../../errors/public-error.ts';

/** A picture that a folder or a table names, and its class. */
export interface LabelledFile {
  /** As it is called in the report. */
  readonly name: string;
  /** A path or a URL. */
  readonly source: string;
  /** The class, as the folder or the column has it. */
  readonly value: string;
  /** What it has in each of the columns that figures are broken down by. */
  readonly groups: readonly (string | undefined)[];
}

export interface LabelledFiles {
  readonly files: readonly LabelledFile[];
  /** The classes, in order: some may have no pictures. */
  readonly values: readonly string[];
}

/** A picture that could not be read. */
export interface FailedFile extends Pick<LabelledFile, 'name' | 'value'> {
  readonly error: PublicError;
}

export const inOrder = (values: Iterable<string>): readonly string[] =>
  [...new Set(values)].sort(compareValues);
