/** A download that breaks off loses less than this, and each part is an entry of the cache. */
export const PART_BYTES = 4 * 1024 * 1024;

/** How many parts a whole file has; files that came in one piece have no such header. */
const PARTS = 'clipql-parts';

/** A file to be kept, whose bytes never change. */
export interface StoredFile {
  readonly url: string;
  /** In bytes. */
  readonly size: number;
  /** What its bytes hash to, as the hub says; parts of a download with another one do not count. */
  readonly hash: string | undefined;
}

/** Files in Cache Storage, in parts of equal size that can be kept one after another. */
export interface PartStore {
  /** @returns undefined where the file is not complete. */
  whole(url: string): Promise<Blob | undefined>;
  /** What a download of the same bytes left, from the first part on, without the last one. */
  begun(file: StoredFile): Promise<Blob[]>;
  put(file: StoredFile, index: number, part: Blob): Promise<void>;
  /** Says that a file has so many parts, and that all of them are there; a file of one part needs no word. */
  complete(file: StoredFile, parts: number): Promise<void>;
  remove(url: string): Promise<void>;
}

export function partsIn(cache: Cache): PartStore {
  const find = async (url: string, index: number): Promise<Response | undefined> =>
    cache.match(partUrl(url, index));
  return {
    whole: async (url) => {
      const entry = await cache.match(url);
      const count = entry?.headers.get(PARTS);
      if (typeof count !== 'string') return entry?.blob();
      const parts = Array.from({ length: Number(count) }, (_, index) => find(url, index));
      const found = (await Promise.all(parts)).flatMap((part) => part ?? []);
      // A part that the browser has dropped would shift the rest.
      if (found.length < parts.length) return undefined;
      return new Blob(await Promise.all(found.map((part) => part.blob())));
    },
    begun: async ({ url, size, hash }) => {
      const parts: Blob[] = [];
      if (hash === undefined) return parts;
      for (let left = size; left > PART_BYTES; left -= PART_BYTES) {
        const entry = await find(url, parts.length);
        if (entry?.headers.get('etag') !== hash) break;
        const part = await entry.blob();
        if (part.size !== PART_BYTES) break;
        parts.push(part);
      }
      return parts;
    },
    put: ({ url, size, hash = '' }, index, part) => {
      if (size <= PART_BYTES) return cache.put(url, new Response(part));
      return cache.put(partUrl(url, index), new Response(part, { headers: { etag: hash } }));
    },
    complete: async ({ url, size }, parts) => {
      if (size <= PART_BYTES) return;
      await cache.put(url, new Response(null, { headers: { [PARTS]: String(parts) } }));
    },
    remove: async (url) => {
      await cache.delete(url);
      const keys = await cache.keys(url, { ignoreSearch: true });
      await Promise.all(keys.map((key) => cache.delete(key)));
    },
  };
}

function partUrl(url: string, index: number): string {
  const part = new URL(url);
  part.searchParams.set('clipql-part', String(index));
  return part.href;
}
