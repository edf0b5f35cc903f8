import {
  type ErrorMeaning,
  OPERATOR,
  RETRY,
  refused,
  retryableOperation,
  wholeOperation,
} from './error-meaning.ts';

/** The part of the one table that is about what the data folder keeps. */
export const KEPT_MEANINGS = {
  // Collections
  UNKNOWN_COLLECTION: wholeOperation(
    404,
    'There is no collection of this name.',
    '`collections` lists their names.',
  ),
  COLLECTION_EXISTS: wholeOperation(
    409,
    'Another collection has this name.',
    'Choose another name, or delete it.',
  ),
  TOO_MANY_COLLECTIONS: wholeOperation(
    409,
    'There are as many collections as allowed.',
    'Delete one.',
  ),
  COLLECTION_MODEL_MISMATCH: wholeOperation(
    409,
    'The collection’s vectors are of another model, or of another version or precision of it.',
    'Ask with the collection’s own model, or embed the collection again.',
  ),
  COLLECTION_TOO_LARGE: wholeOperation(
    400,
    'The collection has more items than can be compared with each other, or measured, or than fit into the server’s memory.',
    'Ask for the same bytes alone, filter with `where`, or part the collection; the operator may raise `--index-memory`.',
  ),
  UNKNOWN_ITEM: refused(404, 'The collection has no item with this key.', 'Check the key.'),
  TOO_MANY_TERMS: wholeOperation(400, 'The query has more terms than allowed.', 'Send fewer.'),
  TOO_MANY_JOBS: wholeOperation(
    409,
    'There are as many jobs that are not over as allowed.',
    'Wait for one to end, or cancel one.',
  ),
  TOO_MANY_SUBSCRIPTIONS: wholeOperation(
    409,
    'The caller has as many subscriptions at a time as allowed.',
    'End one.',
  ),
  TOO_MANY_SCANS: wholeOperation(
    400,
    'An operation searches or pages through collections more often than one may.',
    'Ask in several operations.',
  ),
  BAD_METADATA: refused(
    400,
    'An item’s metadata has a value that cannot be kept, or one of another type than its field has.',
    'Fix the field that the message names.',
  ),
  BAD_FILTER: wholeOperation(
    400,
    'A filter is malformed, or does not fit the collection’s fields.',
    'Fix what the message names.',
  ),
  BAD_CURSOR: wholeOperation(
    400,
    'A cursor is malformed, or is one of another query.',
    'Send the query that the cursor came from, or begin without one.',
  ),

  // Classifiers
  UNKNOWN_CLASSIFIER: wholeOperation(
    404,
    'There is no classifier of this name.',
    '`classifiers` lists their names.',
  ),
  CLASSIFIER_EXISTS: wholeOperation(
    409,
    'Another classifier has this name.',
    'Choose another name, or pass `replace: true`.',
  ),
  TOO_MANY_CLASSIFIERS: wholeOperation(
    409,
    'There are as many classifiers as allowed.',
    'Delete one.',
  ),
  CLASSIFIER_MODEL_MISMATCH: wholeOperation(
    409,
    'The classifier was taught with another model, or another version or precision of it.',
    'Ask without `model`, or teach the classifier again.',
  ),
  CONTRADICTORY_EXAMPLE: refused(
    422,
    'One picture is in two classes of a classifier.',
    'Send it in one of them, or remove it from the other first.',
  ),
  TOO_MANY_EXAMPLES: wholeOperation(
    400,
    'A class, or a classifier, would have more pictures than allowed.',
    'Send fewer, or remove some.',
  ),

  // Pictures
  PICTURES_OFF: wholeOperation(
    403,
    'The server draws no pictures.',
    'Ask the operator for `--pictures on`.',
  ),
  UNKNOWN_PICTURE: wholeOperation(404, 'There is no picture of this id.', '`pictures` lists them.'),
  TOO_MANY_PICTURES: wholeOperation(
    409,
    'There are too many pictures, or too many unfinished ones.',
    'Delete one, or wait for one to end.',
  ),
  PICTURE_NOT_KEPT: {
    ...wholeOperation(
      500,
      'A picture cannot be written to the data folder, or removed from it.',
      OPERATOR,
    ),
    instead: 'pictures cannot be written or removed now',
  },

  // The database
  STORE_FULL: {
    ...wholeOperation(507, 'The disk has no room for the database.', OPERATOR),
    instead: 'nothing more can be kept now',
  },
  STORE_DAMAGED: {
    ...wholeOperation(
      500,
      'The database is damaged, or another program’s.',
      'Restore it from a backup, or remove it to begin anew.',
    ),
    instead: 'what is kept cannot be read now',
  },
  STORE_TOO_NEW: {
    ...wholeOperation(
      500,
      'A later version of ClipQL made the database.',
      'Use that version, or another data folder.',
    ),
    instead: 'what is kept cannot be read now',
  },
  STORE_UNAVAILABLE: {
    ...retryableOperation(503, 'The database cannot be read or written now.', RETRY),
    instead: 'what is kept cannot be read or written now',
  },

  // Jobs
  UNKNOWN_JOB: wholeOperation(404, 'There is no job of this id.', '`jobs` lists them.'),
  JOB_STATE: wholeOperation(
    409,
    'The state of the job or picture does not allow this.',
    'Look at its state, which the message names.',
  ),
  BAD_TABLE: wholeOperation(
    400,
    'A CSV, TSV, JSONL or Parquet file cannot be read, or lacks a column.',
    'Fix the row or column that the message names.',
  ),
  FOLDER_NOT_ALLOWED: refused(
    403,
    'A folder or file is not below one that the server may read.',
    'Ask the operator for `--folders`.',
  ),
  IMAGE_CRASHED: refused(
    422,
    'ClipQL died each time that it read the image.',
    'Send another file, and tell the operator.',
  ),
  REEMBEDDING_INCOMPLETE: wholeOperation(
    409,
    'Some images have no embedding by the new model.',
    'Retry the failed ones, or delete them and resume the job.',
  ),
} as const satisfies Readonly<Record<string, ErrorMeaning>>;
