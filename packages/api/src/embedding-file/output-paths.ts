import { join } from 'node:path';
import { formatOf, type OutputFormat } from './formats.ts';

/** Where a run keeps what, beside its output. */
export interface OutputPaths {
  readonly out: string;
  readonly format: OutputFormat;
  /** The journal of a complete output. */
  readonly listing: string;
  /** Says who writes the output. */
  readonly lock: string;
  /** All of the following, until the output is complete. */
  readonly folder: string;
  readonly rows: string;
  readonly journal: string;
  readonly converted: string;
}

/** @throws ApiError BAD_OPTION for an output whose name says no format. */
export function outputPaths(out: string): OutputPaths {
  const folder = `${out}.partial`;
  return {
    out,
    format: formatOf(out),
    listing: `${out}.rows.jsonl`,
    lock: `${out}.lock`,
    folder,
    rows: join(folder, 'rows.npy'),
    journal: join(folder, 'journal.jsonl'),
    converted: join(folder, 'converted'),
  };
}
