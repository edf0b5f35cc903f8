import { createCollection, dropCollection, findCollection, listCollections } from './catalogue.ts';
import { readChanges } from './changed-rows.ts';
import { readItems, readItemsOfRows, readKnown, readThumbnail, readVectors } from './item-rows.ts';
import { readPage } from './page-rows.ts';
import {
  beginReembedding,
  cancelReembedding,
  finishReembedding,
  readNotReembedded,
  setNextVectors,
} from './reembed-items.ts';
import { selectRows } from './select-rows.ts';
import { sweep } from './sweep.ts';
import { removeItems, setMetadata, upsertItems } from './write-items.ts';

/** What the database's threads do for collections; see `OperationModule`. */
export const reads = {
  findCollection,
  listCollections,
  readChanges,
  readItems,
  readItemsOfRows,
  readKnown,
  readNotReembedded,
  readPage,
  readThumbnail,
  readVectors,
  selectRows,
};

export const writes = {
  beginReembedding,
  cancelReembedding,
  createCollection,
  dropCollection,
  finishReembedding,
  removeItems,
  setMetadata,
  setNextVectors,
  sweep,
  upsertItems,
};
