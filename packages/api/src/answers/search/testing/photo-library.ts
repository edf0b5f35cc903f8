import { readdir, readFile } from 'node:fs/promises';
import { normalized } from '@clipql/core';
import { SHARED } from '../../../access/owner.ts';
import type { Collection } from '../../../collections/collection.ts';
import type { Metadata, NewItem } from '../../../collections/item.ts';
import { LiveIndexes } from '../../../collections/live-indexes.ts';
import { STORES } from '../../../collections/testing/stores.ts';
import { DEFAULT_LIMITS } from '../../../limits/limits.ts';
import { createLoaders, type ModelSession } from '../../../loaders/loaders.ts';
import { modelHash } from '../../../models/model-hash.ts';
import { modelSources } from '../../../models/model-sources.ts';
import { createModelRegistry } from '../../../models/registry.ts';
import { LITE } from '../../../testing/models.ts';
import type { SearchServices } from '../search.ts';

const EXAMPLES = new URL('../../../../examples/', import.meta.url);

/** A store, lite, and what tests search with them. */
export interface PhotoLibrary extends SearchServices {
  readonly session: ModelSession;
  create(name: string): Promise<Collection>;
  /** What another process has of it, which has searched nothing yet. */
  another(): Promise<SearchServices>;
  /** The repository's photographs, each with the metadata `length` of its key. */
  photographs(): Promise<readonly NewItem[]>;
  close(): Promise<void>;
}

/**
 * @param open SQLite's store unless given.
 * @param maxBytes of indexes in memory.
 */
export async function openPhotoLibrary(
  open = STORES[0]![1],
  maxBytes = 2 ** 28,
): Promise<PhotoLibrary> {
  const opened = await open();
  const { store } = opened;
  const indexes = new LiveIndexes(store, { maxBytes });
  const models = createModelRegistry(modelSources([LITE], {}, { inference: { decodeThreads: 1 } }));
  const lease = await models.lease();
  const closing: (() => Promise<void>)[] = [];
  const { model } = lease;
  const readImage = async () => new Uint8Array();
  const loaders = createLoaders(model, readImage, DEFAULT_LIMITS, new AbortController().signal);
  const space = {
    hash: await modelHash(model),
    model: 'lite',
    dimensions: model.clip.info.embeddingWidth,
  };
  return {
    store,
    indexes,
    session: { model, loaders },
    create: (name) => store.create(SHARED, name, space),
    another: async () => {
      const store = await opened.another();
      const indexes = new LiveIndexes(store, { maxBytes });
      closing.push(() => indexes.dispose());
      return { store, indexes };
    },
    photographs: async () => {
      const names = (await readdir(EXAMPLES)).filter((name) => name.endsWith('.jpg'));
      const files = await Promise.all(names.map((name) => readFile(new URL(name, EXAMPLES))));
      const embeddings = await model.clip.encodeImages(files);
      return names.map((name, i) =>
        newItem(name.replace('.jpg', ''), embeddings[i]!, { length: name.length - 4 }),
      );
    },
    close: async () => {
      lease.release();
      await models.close();
      await indexes.dispose();
      for (const close of closing) await close();
      await opened.close();
    },
  };
}

/** @param contentHash tells files apart; of the key unless given. */
export const newItem = (
  key: string,
  embedding: Float32Array,
  metadata: Metadata = {},
  contentHash = Buffer.from(key).toString('hex').padStart(64, '0').slice(-64),
): NewItem => ({
  key,
  source: `photos/${key}`,
  contentHash,
  facts: { format: 'jpeg', width: 640, height: 480, bytes: 1000 },
  modified: undefined,
  metadata,
  thumbnail: undefined,
  embedding,
});

/** A direction, the same for the same seed. */
export function randomDirection(seed: number, width = 256): Float32Array {
  let state = Math.imul(seed + 1, 2654435761) >>> 0;
  return normalized(
    Float32Array.from({ length: width }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 31 - 1;
    }),
  );
}
