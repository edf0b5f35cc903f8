/**
 * Collections, their items and vectors.
 *
 * `seq` of a collection counts changes of its vectors. An item's `row` is the number of the change that
 * brought its vector, so what an index has to take in are the rows above the last that it saw.
 * A vector's `id` is its set · 2³² + its row, which keeps a set's vectors side by side in the order of rows.
 */
export const collections = `
CREATE TABLE vector_sets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash TEXT NOT NULL,
  model TEXT NOT NULL,
  dimensions INTEGER NOT NULL,
  vectors INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE vectors (id INTEGER PRIMARY KEY, halves BLOB NOT NULL) STRICT;

CREATE TABLE collections (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  set_id INTEGER NOT NULL REFERENCES vector_sets,
  next_set INTEGER REFERENCES vector_sets,
  items INTEGER NOT NULL DEFAULT 0,
  seq INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  dropped INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX collections_by_name ON collections (owner, name) WHERE dropped = 0;

CREATE TABLE items (
  collection INTEGER NOT NULL REFERENCES collections,
  row INTEGER NOT NULL,
  key TEXT NOT NULL,
  source TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  format TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  modified REAL,
  indexed_at INTEGER NOT NULL,
  metadata TEXT NOT NULL,
  has_thumbnail INTEGER NOT NULL,
  PRIMARY KEY (collection, row)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX items_by_key ON items (collection, key);
CREATE INDEX items_by_time ON items (collection, indexed_at, key);

CREATE TABLE removed_rows (
  collection INTEGER NOT NULL REFERENCES collections,
  seq INTEGER NOT NULL,
  row INTEGER NOT NULL,
  PRIMARY KEY (collection, seq, row)
) STRICT, WITHOUT ROWID;

CREATE TABLE thumbnails (
  id INTEGER PRIMARY KEY,
  collection INTEGER NOT NULL REFERENCES collections,
  key TEXT NOT NULL,
  image BLOB NOT NULL,
  UNIQUE (collection, key)
) STRICT;

CREATE TABLE fields (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  collection INTEGER NOT NULL REFERENCES collections,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  UNIQUE (collection, name)
) STRICT;

-- For filters and order. A list has an entry for each text, without the key, since nothing is ordered by it.
CREATE TABLE metadata_values (
  field INTEGER NOT NULL REFERENCES fields,
  value ANY NOT NULL,
  key TEXT NOT NULL,
  row INTEGER NOT NULL,
  PRIMARY KEY (field, value, key, row)
) STRICT, WITHOUT ROWID;
`;
