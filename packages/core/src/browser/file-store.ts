import { ClipError } from '../errors.ts';

/** What is kept of a hub: whole files by their URLs. */
export interface FileStore {
  /** @returns undefined where the file is not kept. */
  find(url: string): Promise<Blob | undefined>;
  /**
   * Keeps a file once all of its bytes have come, and nothing of it if they do not.
   *
   * @param size in bytes.
   * @throws ClipError DISK_FULL where the browser gives no room for it, and what the bytes do.
   */
  keep(url: string, bytes: AsyncIterable<Uint8Array>, size: number): Promise<Blob>;
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
  if (cache === undefined) {
    return {
      find: async () => undefined,
      keep: (_url, bytes) => responseOf(bytes).blob(),
    };
  }
  return {
    find: async (url) => (await cache.match(url))?.blob(),
    keep: async (url, bytes, size) => {
      await checkRoom(url, size);
      const watched = watchedFailure(bytes);
      try {
        await cache.put(url, responseOf(watched.bytes));
      } catch (cause) {
        await cache.delete(url);
        throw watched.failure() ?? storageFailure(cause, url, size);
      }
      const kept = await cache.match(url);
      if (kept === undefined) throw storageFailure(undefined, url, size);
      return kept.blob();
    },
  };
}

async function checkRoom(url: string, size: number): Promise<void> {
  const { quota, usage = 0 } = (await globalThis.navigator?.storage?.estimate?.()) ?? {};
  if (quota !== undefined && quota - usage < size) {
    throw noRoom(url, size, `has ${megabytes(Math.max(0, quota - usage))} MB left for this site`);
  }
}

function storageFailure(cause: unknown, url: string, size: number): Error {
  if (cause instanceof Error && cause.name === 'QuotaExceededError') {
    return noRoom(url, size, 'has less left for this site', cause);
  }
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  const message = `${nameOf(url)} cannot be kept in Cache Storage${reason}`;
  return new ClipError('CACHE_UNUSABLE', message, { cause });
}

function noRoom(url: string, size: number, got: string, cause?: unknown): ClipError {
  const needed = `${nameOf(url)} takes ${megabytes(size)} MB, and the browser ${got}`;
  const advice = 'free some, or pass cache: false to hold the model in memory';
  return new ClipError('DISK_FULL', `${needed}: ${advice}`, { cause });
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
const nameOf = (url: string): string => url.split('/').at(-1)!;

/** Browsers hide why the bytes of a response ended. */
function watchedFailure(bytes: AsyncIterable<Uint8Array>) {
  let failure: unknown;
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      yield* bytes;
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  return { bytes: watched(), failure: () => failure };
}

/** Not by `ReadableStream.from`, which not all browsers have. */
function responseOf(bytes: AsyncIterable<Uint8Array>): Response {
  const iterator = bytes[Symbol.asyncIterator]();
  const stream = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => {
      await iterator.return?.();
    },
  });
  return new Response(stream as BodyInit);
}
