import { extname } from 'node:path';
import { ApiError } from '../errors/api-error.ts';

export const FORMATS = ['npy', 'jsonl', 'parquet'] as const;
export type OutputFormat = (typeof FORMATS)[number];

/** @throws ApiError BAD_OPTION where the file's name ends in none of {@link FORMATS}. */
export function formatOf(out: string): OutputFormat {
  const ending = extname(out).slice(1).toLowerCase();
  const format = FORMATS.find((name) => name === ending);
  if (format !== undefined) return format;
  throw new ApiError(
    'BAD_OPTION',
    `expected --out as a file that ends in .npy, .jsonl or .parquet, got ${JSON.stringify(out)}`,
  );
}
