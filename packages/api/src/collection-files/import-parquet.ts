import { IMAGE_FORMATS, type ImageFormat } from '@clipql/core';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { z } from 'zod';
import type { Collection, VectorSpace } from '../collections/collection.ts';
import type { Metadata, NewItem } from '../collections/item.ts';
import type { CollectionStore } from '../collections/store.ts';
import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';
import { SPACE_KEYS } from './parquet-schema.ts';

/** Rows that are read at a time. */
const CHUNK = 1_000;

/** What {@link exportParquet} wrote, opened. */
export interface CollectionFile {
  /** Of its embeddings. */
  readonly space: VectorSpace;
  readonly items: number;
  /** @throws ApiError BAD_INPUT for a row that no export has; what `upsert` throws. */
  importInto(store: CollectionStore, collection: Collection): Promise<void>;
}

const spaceSchema = z.object({
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  model: z.string().min(1),
  dimensions: z.coerce.number().int().min(1).max(16_384),
});

/** @throws ApiError BAD_INPUT for another file. */
export async function openCollectionFile(path: string): Promise<CollectionFile> {
  const { file, metadata } = await reading(path, async () => {
    const buffer = await asyncBufferFromFile(path);
    return { file: buffer, metadata: await parquetMetadataAsync(buffer) };
  });
  const pairs = new Map(metadata.key_value_metadata?.map(({ key, value }) => [key, value]));
  const { data: space } = spaceSchema.safeParse({
    hash: pairs.get(SPACE_KEYS.hash),
    model: pairs.get(SPACE_KEYS.model),
    dimensions: pairs.get(SPACE_KEYS.dimensions),
  });
  if (space === undefined) throw notExported(path, 'one without the space of its embeddings');
  const rows = Number(metadata.num_rows);
  return {
    space,
    items: rows,
    importInto: async (store, collection) => {
      // Refused before anything is read.
      await store.upsert({ ...collection, space }, []);
      for (let rowStart = 0; rowStart < rows; rowStart += CHUNK) {
        const rowEnd = Math.min(rows, rowStart + CHUNK);
        const options = { file, metadata, rowStart, rowEnd, utf8: false };
        const chunk = await reading(path, () => parquetReadObjects(options));
        await store.upsert(
          collection,
          chunk.map((row, i) => itemOf(row, path, rowStart + i)),
        );
      }
    },
  };
}

/** Of a vector that was made elsewhere, none of it. */
const fileSchema = z.object({
  content_hash: z.string().regex(/^[0-9a-f]{64}$/),
  format: z.enum(IMAGE_FORMATS.map(({ name }) => name) as [ImageFormat, ...ImageFormat[]]),
  width: z.int().min(1),
  height: z.int().min(1),
  bytes: z.int().min(1),
});

type Row = Readonly<Record<string, unknown>>;

const rowSchema = z.object({
  key: z.string(),
  source: z.string(),
  modified: z.number().optional(),
  metadata: z.string(),
  thumbnail: z.instanceof(Uint8Array).optional(),
  embedding: z.array(z.number()),
});

function itemOf(given: Row, path: string, number: number): NewItem {
  // Parquet has null for what is not there.
  const present = Object.entries(given).filter(([, value]) => value !== null);
  const row = checked(rowSchema, Object.fromEntries(present), path, number);
  const isKnown = Object.keys(fileSchema.shape).some((name) => given[name] != null);
  const file = isKnown ? checked(fileSchema, given, path, number) : undefined;
  return {
    key: row.key,
    source: row.source,
    contentHash: file?.content_hash,
    facts: file && {
      format: file.format,
      width: file.width,
      height: file.height,
      bytes: file.bytes,
    },
    modified: row.modified,
    metadata: metadataOf(row.metadata, path, number),
    thumbnail: row.thumbnail,
    embedding: Float32Array.from(row.embedding),
  };
}

function checked<T>(schema: z.ZodType<T>, row: Row, path: string, number: number): T {
  const { data, error } = schema.safeParse(row);
  if (data !== undefined) return data;
  const [issue] = error!.issues;
  const got = `row ${grouped(number + 1)} with ${issue?.path.join('.')}: ${issue?.message}`;
  throw notExported(path, got);
}

function metadataOf(json: string, path: string, number: number): Metadata {
  try {
    const value: unknown = JSON.parse(json);
    // Its values are checked by whoever keeps them.
    if (value instanceof Object && !Array.isArray(value)) return value as Metadata;
  } catch {}
  throw notExported(path, `row ${grouped(number + 1)} with metadata that is no object of JSON`);
}

async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw notExported(path, error instanceof Error ? error.message : String(error), error);
  }
}

const notExported = (path: string, got: string, cause?: unknown): ApiError =>
  new ApiError('BAD_INPUT', `expected an export of a collection in ${path}, got ${got}`, { cause });
