import {
  createCollection,
  dropCollection,
  findCollection,
  listAllCollections,
  listCollections,
} from './catalogue.ts';
import { readChanges, readMissing } from './changed-rows.ts';
import { readEqualFiles } from './equal-files.ts';
import { readItems, readItemsOfRows, readKnown, readThumbnail, readVectors } from './item-rows.ts';
import { keepLevels, keepPrompts, readLevels, readPrompts } from './levels.ts';
import { readPage } from './page-rows.ts';
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
import { removeItems, setMetadata, upsertItems } from './write-items.ts';

/** What the database's threads do for collections; see `OperationModule`. */
export const reads = {
  findCollection,
  listAllCollections,
  listCollections,
  readChanges,
  readItems,
  readItemsOfRows,
  readKnown,
  readLevels,
  readMissing,
  readPrompts,
  readThumbnail,
  readVectors,
};

export const scans = {
  readEqualFiles,
  readNotReembedded,
  readPage,
  readStored,
  selectRows,
};

export const writes = {
  beginReembedding,
  cancelReembedding,
  createCollection,
  dropCollection,
  finishReembedding,
  keepLevels,
  keepPrompts,
  removeItems,
  setMetadata,
  setNextVectors,
  sweep,
  upsertItems,
};
