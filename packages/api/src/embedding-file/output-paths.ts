import { join } from 'node:path';
import { formatOf, type OutputFormat } from './formats.ts';

/** Where a run keeps what, beside its output. */
export interface OutputPaths {
  readonly out: string;
  readonly format: OutputFormat;
  /** What the rows of a complete output are. */
  readonly listing: string;
  /** Says who writes the output. */
  readonly lock: string;
  /** All of the following, until the output is complete. */
  readonly folder: string;
  readonly values: string;
  readonly journal: string;
  /** The output until it is whole. */
  readonly converted: string;
  /** Its listing until it has appeared. */
  readonly nextListing: string;
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
    values: join(folder, 'values.f32'),
    journal: join(folder, 'journal.jsonl'),
    converted: join(folder, 'converted'),
    nextListing: join(folder, 'listing.jsonl'),
  };
}
