import { pathOf } from '../parts/dropped-files.ts';

/** A picture to index: as `IndexItem`, whose address is made when it is sent. */
export interface NewPicture {
  readonly key: string;
  readonly metadata: Readonly<Record<string, string | number>>;
  /** An address, or a file of this machine. */
  readonly source: string | File;
}

/** Of the files in one request: in base64 they are a third larger, and a server takes 32 MiB. */
const BATCH_BYTES = 16 * 2 ** 20;
/** What one job may be given. */
const BATCH_ITEMS = 1_000;

/**
 * In as many parts as it takes to send them, in their order. A part has one file at least.
 *
 * @param maxBytes of a file: larger ones are scaled down.
 */
export function batchesOf(
  pictures: readonly NewPicture[],
  maxBytes: number,
): readonly (readonly NewPicture[])[] {
  const batches: NewPicture[][] = [];
  let bytes = 0;
  for (const picture of pictures) {
    const { source } = picture;
    const size = typeof source === 'string' ? source.length : Math.min(maxBytes, source.size);
    const last = batches.at(-1);
    if (last === undefined || last.length === BATCH_ITEMS || bytes + size > BATCH_BYTES) {
      batches.push([picture]);
      bytes = size;
    } else {
      last.push(picture);
      bytes += size;
    }
  }
  return batches;
}

/** The addresses in a text, one a line, each once. */
export const addressesIn = (text: string): readonly string[] => [
  ...new Set(
    text
      .split(/[\r\n]+/)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  ),
];

export const pictureAt = (url: string): NewPicture => ({ key: url, metadata: {}, source: url });

/** By its path in the folder that was chosen, with that folder and the day of its last change as metadata. */
export function pictureOf(file: File): NewPicture {
  const key = pathOf(file);
  const folder = key.split('/').slice(0, -1).join('/');
  const changed = new Date(file.lastModified).toISOString().slice(0, '2026-01-31'.length);
  return { key, metadata: { ...(folder !== '' && { folder }), changed }, source: file };
}
