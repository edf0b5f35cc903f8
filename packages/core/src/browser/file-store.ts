import { ClipError } from '../errors.ts';
import { PART_BYTES, type PartStore, partsIn, type StoredFile } from './file-parts.ts';

/** The rest of a file's bytes, behind those that an earlier download left; it throws at the end where they are not right. */
type RestOf = (kept: Blob) => AsyncIterable<Uint8Array>;

/** What is kept of a hub: files by their URLs. */
export interface FileStore {
  /** @returns undefined where the file is not kept. */
  find(url: string): Promise<Blob | undefined>;
  /**
   * Keeps a file. What came before a download breaks off, or its page is left, is kept for the next one;
   * nothing is of what proves to be other bytes, or finds no room.
   *
   * @throws ClipError DISK_FULL where the browser gives no room for it, and what the bytes do.
   */
  keep(file: StoredFile, rest: RestOf): Promise<Blob>;
}

/**
 * Cache Storage; or memory where there is none, as in pages that are not secure and in some private windows.
 *
 * @param name of the cache; false for memory.
 */
export async function openFileStore(name: string | false): Promise<FileStore> {
  // Private windows may have it and refuse to open it.
  const cache =
    name === false ? undefined : await globalThis.caches?.open(name).catch(() => undefined);
  return cache === undefined ? IN_MEMORY : inCache(partsIn(cache));
}

const IN_MEMORY: FileStore = {
  find: async () => undefined,
  keep: async (_file, rest) => {
    const parts: BlobPart[] = [];
    for await (const bytes of rest(new Blob())) parts.push(bytes as BlobPart);
    return new Blob(parts);
  },
};

const inCache = (parts: PartStore): FileStore => ({
  find: parts.whole,
  keep: async (file, rest) => {
    const kept = await parts.begun(file);
    const before = new Blob(kept);
    await checkRoom(file, before.size);
    const failed = (cause: unknown) => {
      throw storageFailure(cause, file);
    };
    try {
      let count = kept.length;
      for await (const part of inParts(rest(before))) {
        await parts.put(file, count, part).catch(failed);
        count += 1;
      }
      if (count === 0) await parts.put(file, 0, new Blob()).catch(failed);
      await parts.complete(file, count).catch(failed);
    } catch (error) {
      if (isFinal(error)) await parts.remove(file.url);
      throw error;
    }
    const whole = await parts.whole(file.url);
    if (whole === undefined) throw storageFailure(undefined, file);
    return whole;
  },
});

/** What another download from where this one stopped would not mend. */
const isFinal = (error: unknown): boolean =>
  error instanceof ClipError && ['DOWNLOAD_CORRUPT', 'DISK_FULL'].includes(error.code);

/** The last part may be smaller, and comes once the bytes have ended well. */
async function* inParts(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Blob> {
  let gathered: BlobPart[] = [];
  let length = 0;
  for await (let rest of bytes) {
    while (length + rest.length >= PART_BYTES) {
      const more = PART_BYTES - length;
      yield new Blob([...gathered, rest.subarray(0, more) as BlobPart]);
      rest = rest.subarray(more);
      gathered = [];
      length = 0;
    }
    gathered.push(rest as BlobPart);
    length += rest.length;
  }
  if (length > 0) yield new Blob(gathered);
}

async function checkRoom(file: StoredFile, kept: number): Promise<void> {
  const { quota, usage = 0 } = (await globalThis.navigator?.storage?.estimate?.()) ?? {};
  if (quota !== undefined && quota - usage < file.size - kept) {
    throw noRoom(file, `has ${megabytes(Math.max(0, quota - usage))} MB left for this site`);
  }
}

function storageFailure(cause: unknown, file: StoredFile): Error {
  if (cause instanceof Error && cause.name === 'QuotaExceededError') {
    return noRoom(file, 'has less left for this site', cause);
  }
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  const message = `${nameOf(file)} cannot be kept in Cache Storage${reason}`;
  return new ClipError('CACHE_UNUSABLE', message, { cause });
}

function noRoom(file: StoredFile, got: string, cause?: unknown): ClipError {
  const needed = `${nameOf(file)} takes ${megabytes(file.size)} MB, and the browser ${got}`;
  const advice = 'free some, or pass cache: false to hold the model in memory';
  return new ClipError('DISK_FULL', `${needed}: ${advice}`, { cause });
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
const nameOf = ({ url }: StoredFile): string => url.split('/').at(-1)!;
