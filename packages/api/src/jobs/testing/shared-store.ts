import { createImageFetcher } from '../../images/fetch-image.ts';
import { imagesOfServer } from '../../images/read-image.ts';
import type { ModelRegistry } from '../../models/registry.ts';
import { openStore, type Store } from '../open-store.ts';

export interface SharedStoreOptions {
  /** Of the database. */
  readonly url: string;
  readonly models: ModelRegistry;
  /** Where pictures come from. */
  readonly hosts: readonly string[];
  /** Slices at a time, of a worker; a server, which runs no jobs, unless given. */
  readonly concurrency?: number;
  readonly onUnexpected?: (error: unknown) => void;
}

/** A store in PostgreSQL as a server has it, or a worker. */
export async function openSharedStore({
  url,
  models,
  hosts,
  concurrency,
  onUnexpected,
}: SharedStoreOptions): Promise<Store> {
  const fetcher = createImageFetcher({ allowHosts: hosts, cacheBytes: 0 });
  const store = await openStore({
    data: undefined,
    store: url,
    models,
    readImage: imagesOfServer(fetcher, new Set()),
    folders: [],
    fetchesPerHost: 4,
    maxFileBytes: 2 ** 28,
    indexBytes: 2 ** 28,
    local: false,
    retryDelay: 1,
    ...(concurrency !== undefined && { worker: { concurrency } }),
    ...(onUnexpected && { onUnexpected }),
  });
  return {
    ...store,
    close: async () => {
      await store.close();
      await fetcher.close();
    },
  };
}
