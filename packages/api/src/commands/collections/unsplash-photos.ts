import { openAsBlob } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metadata, MetadataValue } from '../../collections/item.ts';
import { ApiError } from '../../errors/api-error.ts';
import type { NewJobItem } from '../../jobs/job.ts';
import { openDelimited } from '../../jobs/tables/delimited.ts';
import { badTable, type TableRow } from '../../jobs/tables/table.ts';
import { textChunks } from '../../jobs/tables/text-chunks.ts';

/** Of each list of a photo: the most that say something of it. */
const MAX_LIST = 64;
/** Characters of a list together. */
const MAX_LIST_TEXT = 2_000;
const BATCH = 1_000;

type Read = (text: string) => MetadataValue | undefined;

const text: Read = (value) => value;
const number: Read = (value) => (Number.isFinite(Number(value)) ? Number(value) : undefined);
const boolean: Read = (value) => ({ t: true, true: true, f: false, false: false })[value];

/** Columns of photos.tsv, and the fields that they become. */
const FIELDS: readonly (readonly [column: string, field: string, read: Read])[] = [
  ['photo_url', 'page', text],
  ['photo_submitted_at', 'submitted', text],
  ['photo_featured', 'featured', boolean],
  ['photo_width', 'width', number],
  ['photo_height', 'height', number],
  ['photo_description', 'description', text],
  ['photographer_username', 'photographer_username', text],
  ['exif_camera_make', 'camera_make', text],
  ['exif_camera_model', 'camera_model', text],
  ['exif_iso', 'iso', number],
  ['exif_aperture_value', 'aperture', number],
  ['exif_focal_length', 'focal_length', number],
  ['exif_exposure_time', 'exposure_time', text],
  ['photo_location_name', 'place', text],
  ['photo_location_latitude', 'latitude', number],
  ['photo_location_longitude', 'longitude', number],
  ['photo_location_country', 'country', text],
  ['photo_location_city', 'city', text],
  ['stats_views', 'views', number],
  ['stats_downloads', 'downloads', number],
  ['ai_description', 'ai_description', text],
  ['ai_primary_landmark_name', 'landmark', text],
];

/**
 * The photos of the Unsplash data set, by their ids, in batches. The fields of `photos.tsv` become metadata, and so do
 * the keywords, collections and colours of the other files, those that say the most first.
 *
 * @param folder holds the files as Unsplash has them: `photos.tsv000` and so on.
 * @param width of the pictures that are asked for, in pixels.
 * @throws ApiError BAD_TABLE, which names the line.
 * @see https://github.com/unsplash/datasets/blob/master/DOCS.md
 */
export async function* unsplashPhotos(
  folder: string,
  width: number,
): AsyncGenerator<readonly NewJobItem[]> {
  const photos = await partsOf(folder, 'photos');
  if (photos.length === 0) {
    throw new ApiError('BAD_TABLE', `expected photos.tsv000 in ${folder}, got no such file`);
  }
  const lists = {
    keywords: await listsOf(folder, 'keywords', 'keyword', (row) =>
      cellOf(row, 'suggested_by_user') === 't' ? 100 : confidenceOf(row),
    ),
    collections: await listsOf(folder, 'collections', 'collection_title', () => 0),
    colors: await listsOf(folder, 'colors', 'keyword', (row) => shareOf(row)),
  };
  let batch: NewJobItem[] = [];
  for await (const row of rowsOf(folder, photos)) {
    const [key, url] = [needed(row, 'photo_id'), needed(row, 'photo_image_url')];
    const found = Object.entries(lists).map(([field, of]) => [field, of(key)] as const);
    const metadata = {
      ...metadataOf(row),
      ...Object.fromEntries(found.filter(([, of]) => of.length > 0)),
    };
    if (batch.push({ key, source: resized(url, width), metadata }) < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Those of a file that is cut into parts, in order. */
async function partsOf(folder: string, name: string): Promise<readonly string[]> {
  const files = await readdir(folder).catch((cause) => {
    throw new ApiError('BAD_TABLE', `expected a folder with photos.tsv000, got ${folder}`, {
      cause,
    });
  });
  return files.filter((file) => new RegExp(`^${name}\\.tsv\\d*$`).test(file)).sort();
}

async function* rowsOf(folder: string, files: readonly string[]): AsyncGenerator<TableRow> {
  for (const file of files) {
    const chunks = textChunks(await openAsBlob(join(folder, file)));
    const { rows } = await openDelimited(chunks, '\t', true);
    for await (const { place, cells } of rows) yield { place: `${place} of ${file}`, cells };
  }
}

/** Texts of the photos in one of the files, and how much each says of its photo. */
async function listsOf(
  folder: string,
  name: string,
  column: string,
  weightOf: (row: TableRow) => number,
): Promise<(photo: string) => readonly string[]> {
  const lists = new Map<string, Map<string, number>>();
  for await (const row of rowsOf(folder, await partsOf(folder, name))) {
    const [photo, value] = [cellOf(row, 'photo_id'), cellOf(row, column)];
    if (photo === undefined || value === undefined) continue;
    const list = lists.get(photo) ?? new Map<string, number>();
    lists.set(photo, list.set(value, Math.max(list.get(value) ?? 0, weightOf(row))));
  }
  return (photo) => {
    const sorted = [...(lists.get(photo) ?? [])].sort(([, a], [, b]) => b - a);
    let length = 0;
    return sorted
      .map(([value]) => value)
      .slice(0, MAX_LIST)
      .filter((value) => {
        length += value.length;
        return length <= MAX_LIST_TEXT;
      });
  };
}

function metadataOf(row: TableRow): Metadata {
  const name = [cellOf(row, 'photographer_first_name'), cellOf(row, 'photographer_last_name')];
  const photographer = name.filter((part) => part !== undefined).join(' ');
  const values = FIELDS.map(([column, field, read]) => {
    const cell = cellOf(row, column);
    return [field, cell === undefined ? undefined : read(cell)] as const;
  });
  const known = [...values, ['photographer', photographer || undefined] as const];
  return Object.fromEntries(
    known.filter((entry): entry is readonly [string, MetadataValue] => entry[1] !== undefined),
  );
}

function cellOf({ cells }: TableRow, column: string): string | undefined {
  const cell = cells.get(column);
  return typeof cell === 'string' && cell.trim() !== '' ? cell.trim() : undefined;
}

function needed(row: TableRow, column: string): string {
  const cell = cellOf(row, column);
  if (cell !== undefined) return cell;
  throw badTable(`a ${column} in each row`, `none in ${row.place}`);
}

const numberOf = (row: TableRow, column: string): number => Number(cellOf(row, column) ?? 0) || 0;

const confidenceOf = (row: TableRow): number =>
  Math.max(numberOf(row, 'ai_service_1_confidence'), numberOf(row, 'ai_service_2_confidence'));

/** Releases differ in what they call it. */
const shareOf = (row: TableRow): number =>
  Math.max(numberOf(row, 'ai_coverage'), numberOf(row, 'coverage'));

/** Unsplash's host makes pictures smaller, and takes whole ones for what they are: 10 MB and more. */
function resized(address: string, width: number): string {
  const url = URL.parse(address);
  if (url === null) return address;
  url.searchParams.set('w', String(width));
  url.searchParams.set('fit', 'max');
  return url.href;
}
