import type { ImageFacts, Item, KnownItem } from './item.ts';

/** An item as the tables of all engines have it. */
export interface ItemRow {
  readonly row: number;
  readonly key: string;
  readonly source: string;
  /** Null, as the four that follow, where the vector was made elsewhere. */
  readonly content_hash: string | null;
  readonly format: ImageFacts['format'] | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly bytes: number | null;
  readonly modified: number | null;
  readonly indexed_at: number;
  /** JSON. */
  readonly metadata: string;
  /** SQLite has 0 and 1. */
  readonly has_thumbnail: boolean | number;
}

export const itemOf = (row: ItemRow): Item => ({
  row: row.row,
  key: row.key,
  source: row.source,
  contentHash: row.content_hash ?? undefined,
  facts: factsOf(row),
  modified: row.modified ?? undefined,
  metadata: JSON.parse(row.metadata),
  hasThumbnail: Boolean(row.has_thumbnail),
  indexedAt: new Date(row.indexed_at),
});

const factsOf = ({ format, width, height, bytes }: ItemRow): ImageFacts | undefined =>
  format === null ? undefined : { format, width: width!, height: height!, bytes: bytes! };

export const knownOf = ({
  content_hash,
  modified,
  bytes,
}: Pick<ItemRow, 'content_hash' | 'modified' | 'bytes'>): KnownItem => ({
  contentHash: content_hash ?? undefined,
  modified: modified ?? undefined,
  bytes: bytes ?? undefined,
});
