/** Items whose vectors were made elsewhere: nothing is known of their files. */
export const unknownFiles = `
CREATE TABLE new_items (
  collection INTEGER NOT NULL REFERENCES collections,
  row INTEGER NOT NULL,
  key TEXT NOT NULL,
  source TEXT NOT NULL,
  content_hash TEXT,
  format TEXT,
  width INTEGER,
  height INTEGER,
  bytes INTEGER,
  modified REAL,
  indexed_at INTEGER NOT NULL,
  metadata TEXT NOT NULL,
  has_thumbnail INTEGER NOT NULL,
  PRIMARY KEY (collection, row)
) STRICT, WITHOUT ROWID;
INSERT INTO new_items SELECT * FROM items;
DROP TABLE items;
ALTER TABLE new_items RENAME TO items;
CREATE UNIQUE INDEX items_by_key ON items (collection, key);
CREATE INDEX items_by_time ON items (collection, indexed_at, key);
`;
