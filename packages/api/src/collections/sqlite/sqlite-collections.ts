import { RowSet } from '@clipql/core';
import { checkName } from '../../limits/names.ts';
import type { Database } from '../../sqlite/database.ts';
import { moduleBeside } from '../../threads/module-beside.ts';
import { checkNewItems, checkNextVectors } from '../check-new-items.ts';
import type { Collection } from '../collection.ts';
import { eachChange, eachLevels, eachStored } from '../each-batch.ts';
import { packedHalves } from '../halves.ts';
import type { CollectionStore } from '../store.ts';
import { Sweeper } from '../sweeper.ts';
import type * as operations from './operations.ts';

const MODULE = moduleBeside(import.meta.url, 'operations');

/** What a thread needs of a collection to find it again. */
const reference = ({ id, name, space }: Collection) => ({ id, name, space });

/**
 * Collections in the database of a data folder. What dropped ones leave is removed while it is open.
 *
 * @param isShared whether there may be something already.
 */
export function openSqliteCollections(database: Database, isShared = true): CollectionStore {
  const { reads, scans, writes } = database.operations<typeof operations>(MODULE);
  const sweeper = new Sweeper(() => writes.sweep(undefined));
  if (isShared) sweeper.start();
  return {
    create: async (owner, name, space) => {
      checkName(name);
      return writes.createCollection({ owner, name, space });
    },
    find: (owner, name) => reads.findCollection({ owner, name }),
    list: (owner) => reads.listCollections(owner),
    listAll: () => reads.listAllCollections(undefined),
    drop: async (owner, name) => {
      await writes.dropCollection({ owner, name });
      sweeper.start();
    },

    upsert: async (collection, items) => {
      const { dimensions } = collection.space;
      checkNewItems(items, dimensions);
      await writes.upsertItems({
        collection: reference(collection),
        items: items.map(({ embedding: _, ...item }) => item),
        vectors: packedHalves(
          items.map(({ embedding }) => embedding),
          dimensions,
        ),
      });
    },
    setMetadata: (collection, items) =>
      writes.setMetadata({ collection: reference(collection), items }),
    remove: (collection, keys) => writes.removeItems({ collection: reference(collection), keys }),

    items: (collection, keys) => reads.readItems({ collection: reference(collection), keys }),
    itemsOfRows: (collection, rows) =>
      reads.readItemsOfRows({ collection: reference(collection), rows: Uint32Array.from(rows) }),
    known: (collection, keys) => reads.readKnown({ collection: reference(collection), keys }),
    select: async (collection, filter) =>
      new RowSet(await scans.selectRows({ collection: reference(collection), filter })),
    page: (collection, { where, rows, orderBy, first, after }) =>
      scans.readPage({
        ...{ collection: reference(collection), where, rows: rows?.words },
        ...{ orderBy, first, after },
      }),
    thumbnail: (collection, key) => reads.readThumbnail({ collection: reference(collection), key }),
    equalFiles: (collection, query) =>
      scans.readEqualFiles({ collection: reference(collection), ...query }),

    vectors: (collection, rows) =>
      reads.readVectors({ collection: reference(collection), rows: Uint32Array.from(rows) }),
    changes: (collection, since) =>
      eachChange(
        (from, asOf) => reads.readChanges({ collection: reference(collection), since: from, asOf }),
        since,
      ),
    missing: (collection, rows) => reads.readMissing({ collection: reference(collection), rows }),
    stored: (collection) =>
      eachStored((after) => scans.readStored({ collection: reference(collection), after })),

    beginReembedding: (collection, space) =>
      writes.beginReembedding({ collection: reference(collection), space }),
    notReembedded: (collection, count) =>
      scans.readNotReembedded({ collection: reference(collection), count }),
    setNextVectors: async (collection, space, vectors) => {
      checkNextVectors(vectors, space.dimensions);
      await writes.setNextVectors({
        collection: reference(collection),
        space,
        rows: vectors.map(({ row }) => row),
        vectors: packedHalves(
          vectors.map(({ embedding }) => embedding),
          space.dimensions,
        ),
      });
    },
    finishReembedding: async (collection) => {
      const moved = await writes.finishReembedding({ collection: reference(collection) });
      sweeper.start();
      return moved;
    },
    cancelReembedding: async (collection) => {
      const stayed = await writes.cancelReembedding({ collection: reference(collection) });
      sweeper.start();
      return stayed;
    },

    prompts: ({ hash }, words) => reads.readPrompts({ space: hash, words }),
    keepPrompts: ({ hash }, words, prompts) => writes.keepPrompts({ space: hash, words, prompts }),
    levels: (collection, words) =>
      eachLevels((after) => reads.readLevels({ collection: reference(collection), words, after })),
    keepLevels: (collection, words, { rows, values }, kept) =>
      writes.keepLevels({ collection: reference(collection), words, rows, values, ...kept }),

    close: () => sweeper.stop(),
  };
}
