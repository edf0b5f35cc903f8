import { checkName } from '../../limits/names.ts';
import type { Postgres } from '../../postgres/connection.ts';
import { eachChange, eachLevels, eachStored } from '../each-batch.ts';
import type { CollectionStore } from '../store.ts';
import { Sweeper } from '../sweeper.ts';
import { createCollection, dropCollection, findCollection, listCollections } from './catalogue.ts';
import { readChanges, readMissing } from './changed-rows.ts';
import { readEqualFiles } from './equal-files.ts';
import type { IndexEvents } from './index-builds.ts';
import { readItems, readItemsOfRows, readKnown, readThumbnail, readVectors } from './item-rows.ts';
import { keepLevels, keepPrompts, readLevels, readPrompts } from './levels.ts';
import { readPage } from './pages.ts';
import {
  beginReembedding,
  cancelReembedding,
  finishReembedding,
  readNotReembedded,
  setNextVectors,
} from './reembed-items.ts';
import { selectRows } from './select-rows.ts';
import { readStored } from './stored-items.ts';
import { sweep } from './sweep.ts';
import { postgresVectorSearch } from './vector-search.ts';
import { removeItems, setMetadata, upsertItems } from './write-items.ts';

/** Collections in PostgreSQL. What dropped ones leave is removed while it is open. */
export function openPostgresCollections(
  database: Postgres,
  events: IndexEvents = {},
): CollectionStore {
  const { snapshot: read, transaction: write } = database;
  const sweeper = new Sweeper(() => write(sweep));
  sweeper.start();
  return {
    vectorSearch: postgresVectorSearch(database, events),

    create: async (owner, name, space) => {
      checkName(name);
      return write((connection) => createCollection(connection, owner, name, space));
    },
    find: (owner, name) => read((connection) => findCollection(connection, owner, name)),
    list: (owner) => read((connection) => listCollections(connection, owner)),
    listAll: () => read((connection) => listCollections(connection)),
    drop: async (owner, name) => {
      await write((connection) => dropCollection(connection, owner, name));
      sweeper.start();
    },

    upsert: (collection, items) =>
      write((connection) => upsertItems(connection, collection, items)),
    setMetadata: (collection, items) =>
      write((connection) => setMetadata(connection, collection, items)),
    remove: (collection, keys) => write((connection) => removeItems(connection, collection, keys)),

    items: (collection, keys) => read((connection) => readItems(connection, collection, keys)),
    itemsOfRows: (collection, rows) =>
      read((connection) => readItemsOfRows(connection, collection, Array.from(rows))),
    known: (collection, keys) => read((connection) => readKnown(connection, collection, keys)),
    select: (collection, filter) =>
      read((connection) => selectRows(connection, collection, filter)),
    page: (collection, query) => read((connection) => readPage(connection, collection, query)),
    thumbnail: (collection, key) =>
      read((connection) => readThumbnail(connection, collection, key)),
    equalFiles: (collection, query) =>
      read((connection) => readEqualFiles(connection, collection, query)),

    vectors: (collection, rows) =>
      read((connection) => readVectors(connection, collection, Array.from(rows))),
    changes: (collection, since) =>
      eachChange((from, asOf) => readChanges(database, collection, from, asOf), since),
    missing: (collection, rows) => read((connection) => readMissing(connection, collection, rows)),
    stored: (collection) => eachStored((after) => readStored(database, collection, after)),

    beginReembedding: (collection, space) =>
      write((connection) => beginReembedding(connection, collection, space)),
    notReembedded: (collection, first) =>
      read((connection) => readNotReembedded(connection, collection, first)),
    setNextVectors: (collection, space, vectors) =>
      write((connection) => setNextVectors(connection, collection, space, vectors)),
    finishReembedding: async (collection) => {
      const moved = await write((connection) => finishReembedding(connection, collection));
      sweeper.start();
      return moved;
    },
    cancelReembedding: async (collection) => {
      const stayed = await write((connection) => cancelReembedding(connection, collection));
      sweeper.start();
      return stayed;
    },

    prompts: ({ hash }, words) => readPrompts(database, hash, words),
    keepPrompts: ({ hash }, words, prompts) =>
      write((connection) => keepPrompts(connection, hash, words, prompts)),
    levels: (collection, words) =>
      eachLevels((after) => read((connection) => readLevels(connection, collection, words, after))),
    keepLevels: (collection, words, levels, kept) =>
      write((connection) => keepLevels(connection, collection, words, levels, kept)),

    close: () => sweeper.stop(),
  };
}
