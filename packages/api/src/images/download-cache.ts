import { cacheStores, type Dispatcher, interceptors } from 'undici';

type MemoryStore = InstanceType<typeof cacheStores.MemoryCacheStore>;
type Stored = Parameters<MemoryStore['createWriteStream']>[1];
type Found = Awaited<ReturnType<MemoryStore['get']>>;

/**
 * Keeps downloads as RFC 9111 has it for a cache that is shared: for as long as `Cache-Control` or
 * `Expires` says, and after that asks the host by `ETag` or `Last-Modified` whether they still hold.
 * What neither calls fresh is asked for each time. Requests carry nothing of the caller, so that all
 * callers would get the same.
 *
 * @param maxSize bytes of all downloads together; 0 keeps none.
 * @param maxEntrySize bytes of one.
 */
export function downloadCache(
  maxSize: number,
  maxEntrySize: number,
): (dispatcher: Dispatcher) => Dispatcher {
  if (maxSize === 0) return (dispatcher) => dispatcher;
  const store = new DownloadStore({ maxSize, maxEntrySize });
  const cache = interceptors.cache({ store, methods: ['GET'], type: 'shared' });
  const composed = new WeakMap<Dispatcher, Dispatcher>();
  return (dispatcher) => {
    const caching = composed.get(dispatcher) ?? dispatcher.compose(cache);
    composed.set(dispatcher, caching);
    return caching;
  };
}

/**
 * Stricter than undici in three ways.
 *
 * - It guesses no freshness from `Last-Modified`: a file that was old when it was fetched may have
 *   been replaced since.
 * - It counts freshness on a clock that nobody sets: one that is set back keeps nothing for longer.
 * - It knows no `stale-while-revalidate`: undici would ask the host again behind everybody's back,
 *   with no limit of time or size and no place in the queue.
 */
class DownloadStore extends cacheStores.MemoryCacheStore {
  /** By an entry's directives, which undici hands back as they are: until when it is fresh. */
  readonly #freshUntil = new WeakMap<object, number>();

  override createWriteStream(...[key, value]: Parameters<MemoryStore['createWriteStream']>) {
    const { 'stale-while-revalidate': _, ...cacheControlDirectives } =
      value.cacheControlDirectives ?? {};
    const staleAt = Math.min(value.staleAt, statedEnd(value));
    this.#freshUntil.set(cacheControlDirectives, performance.now() + staleAt - Date.now());
    return super.createWriteStream(key, { ...value, staleAt, cacheControlDirectives });
  }

  override get(key: Parameters<MemoryStore['get']>[0]): Found {
    // The store in memory answers at once; its type leaves room for others.
    const found = super.get(key) as Found;
    if (found === undefined) return found;
    const freshUntil = this.#freshUntil.get(found.cacheControlDirectives ?? {}) ?? 0;
    return performance.now() < freshUntil ? found : { ...found, staleAt: found.cachedAt };
  }
}

/** Until when a response's own headers call it fresh at most; the moment it came where none does. */
function statedEnd({ cacheControlDirectives, headers, cachedAt }: Stored): number {
  const { 's-maxage': shared, 'max-age': any } = cacheControlDirectives ?? {};
  if (shared !== undefined || any !== undefined) return Number.POSITIVE_INFINITY;
  const expires = Date.parse(String(headers.expires));
  return Number.isNaN(expires) ? cachedAt : Math.max(expires, cachedAt);
}
