import type { Example } from './classifier.ts';

/** An example as the tables of all engines have it. */
export interface ExampleRow {
  readonly place: number;
  readonly content_hash: string;
  readonly source: string;
  readonly format: string;
  readonly added_at: number;
  /** SQLite has 0 and 1. */
  readonly has_image: boolean | number;
}

export const exampleOf = (row: ExampleRow): Example => ({
  class: row.place,
  contentHash: row.content_hash,
  source: row.source,
  format: row.format,
  hasImage: Boolean(row.has_image),
  addedAt: new Date(row.added_at),
});
